import { api, body, type Page, type Schema } from "../client";

export type Freeze = Schema["Freeze"];
export type FreezeDraft = Schema["FreezeDraft"];
export type Lock = Schema["Lock"];
export type LockDraft = Schema["LockDraft"];
export type PolicyFloor = Schema["PolicyFloor"];
export type Tier = Schema["Tier"];

/** The entity tag of a row's version. */
export const etag = (version: number) => `"${version}"`;
const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });
const MOST = { limit: 200 };

export function listFreezes(): Promise<Page<Freeze>> {
  return body(api().GET("/api/v1/freezes", { params: { query: MOST } }));
}

export function addFreeze(draft: FreezeDraft, key: string): Promise<Freeze> {
  return body(api().POST("/api/v1/freezes", { params: keyed(key), body: draft }));
}

export async function liftFreeze({ id, row_version }: Freeze): Promise<void> {
  await api().DELETE("/api/v1/freezes/{id}", { params: { path: { id }, header: { "If-Match": etag(row_version) } } });
}

export function listLocks(): Promise<Page<Lock>> {
  return body(api().GET("/api/v1/locks", { params: { query: MOST } }));
}

export function takeLock(draft: LockDraft, key: string): Promise<Lock> {
  return body(api().POST("/api/v1/locks", { params: keyed(key), body: draft }));
}

export async function liftLock({ id, row_version }: Lock): Promise<void> {
  await api().DELETE("/api/v1/locks/{id}", { params: { path: { id }, header: { "If-Match": etag(row_version) } } });
}

/** What no CD config of a tier can undercut. */
export function getFloor(tier: Tier): Promise<PolicyFloor> {
  return body(api().GET("/api/v1/policies/{tier}", { params: { path: { tier } } }));
}

/** Sets the floor that `before` is; nobody else's change in between is overwritten. */
export function putFloor(before: PolicyFloor, minimumVotes: number): Promise<PolicyFloor> {
  const header = before.row_version > 0 ? { "If-Match": etag(before.row_version) } : { "If-None-Match": "*" as const };
  return body(api().PUT("/api/v1/policies/{tier}", { params: { path: { tier: before.tier }, header }, body: { minimum_votes: minimumVotes } }));
}
