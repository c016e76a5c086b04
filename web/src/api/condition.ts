/** The entity tag of a row's version. */
export const etag = (version: number) => `"${version}"`;

/** What makes a write fail when somebody else wrote first: the version that was read, or that there was none. */
export function condition(version: number | undefined): { "If-Match": string } | { "If-None-Match": "*" } {
  return version === undefined ? { "If-None-Match": "*" } : { "If-Match": etag(version) };
}
