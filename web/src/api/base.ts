/** The path that the host serves the pages under, without a slash at its end: empty at the root. */
export function basePath(document: Document = globalThis.document): string {
  const content = document.querySelector('meta[name="cicd-base"]')?.getAttribute("content") ?? "./";
  return content.startsWith("/") ? content.replace(/\/+$/, "") : "";
}

/** Where the API answers. */
export function apiUrl(): string {
  return `${globalThis.location.origin}${basePath()}`;
}
