import { api, body, type Page, type Schema } from "../client";
import { etag } from "../condition";
import { gone } from "../gone";

export type Grant = Schema["ListedGrant"];
export type GrantKey = Schema["GrantKey"];
export type Token = Schema["Token"];
export type TokenDraft = Schema["TokenDraft"];
export type NewToken = Schema["NewToken"];
export type Permissions = Schema["Permissions"];

const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });

export function listGrants(after?: string): Promise<Page<Grant>> {
  return body(api().GET("/api/v1/roles", { params: { query: { limit: 200, ...(after && { after }) } } }));
}

export function giveRole(grant: GrantKey, key: string): Promise<Schema["Grant"]> {
  return body(api().POST("/api/v1/roles", { params: keyed(key), body: grant }));
}

export async function takeBackRole({ id, row_version }: Grant): Promise<void> {
  await gone(api().DELETE("/api/v1/roles/{grant}", { params: { path: { grant: id }, header: { "If-Match": etag(row_version) } } }));
}

/** Those that work, or all of them. */
export function listTokens(all: boolean, after?: string): Promise<Page<Token>> {
  const query = { limit: 200, ...(!all && { status: "active" as const }), ...(after && { after }) };
  return body(api().GET("/api/v1/tokens", { params: { query } }));
}

/** Makes a token; its text is in this answer and in no other. */
export function createToken(draft: TokenDraft, key: string): Promise<NewToken> {
  return body(api().POST("/api/v1/tokens", { params: keyed(key), body: draft }));
}

export function revokeToken({ id, row_version }: Token): Promise<Token> {
  return body(api().DELETE("/api/v1/tokens/{id}", { params: { path: { id }, header: { "If-Match": etag(row_version) } } }));
}

/** What somebody may do in the whole tenant, and why not. */
export function permissionsOf(principal: string, kind: Schema["PrincipalKind"]): Promise<Permissions> {
  return body(api().GET("/api/v1/principals/{principal}/permissions", { params: { path: { principal }, query: { kind } } }));
}

export type WhoCanWhat = Schema["WhoCanWhat"];

/** What each role allows, as far as the host's authorizer tells. */
export function whoCanWhat(): Promise<WhoCanWhat> {
  return body(api().GET("/api/v1/role-rights"));
}
