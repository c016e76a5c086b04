import { api, body, type Schema } from "../client";

export type Permissions = Schema["Permissions"];
export type Action = Schema["Action"];

/** What the caller may do on a deployment, and why not. */
export function myPermissions(deployment: string): Promise<Permissions> {
  return body(api().GET("/api/v1/me/permissions", { params: { query: { deployment } } }));
}

/** The same for a service. */
export function myPermissionsFor(service: string): Promise<Permissions> {
  return body(api().GET("/api/v1/me/permissions", { params: { query: { service } } }));
}

/** The same for the whole tenant. */
export function myTenantPermissions(): Promise<Permissions> {
  return body(api().GET("/api/v1/me/permissions"));
}

/** Why `actions` are all denied; nothing when one is allowed, or when nothing is known: then the host decides. */
export function denied(permissions: Permissions | undefined, actions: Action[]): string | undefined {
  const asked = permissions?.actions.filter(({ action }) => actions.includes(action)) ?? [];
  if (asked.length === 0 || asked.some(({ allowed }) => allowed)) return undefined;
  return asked[0]?.reason ?? "Your roles don't allow it.";
}
