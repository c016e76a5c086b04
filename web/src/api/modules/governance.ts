import { api, body, type Page, type Schema } from "../client";
import { condition, etag } from "../condition";
import { gone } from "../gone";

export type Freeze = Schema["Freeze"];
export type FreezeDraft = Schema["FreezeDraft"];
export type Lock = Schema["Lock"];
export type LockDraft = Schema["LockDraft"];
export type PolicyFloor = Schema["PolicyFloor"];
export type Tier = Schema["Tier"];

export const TIERS: Tier[] = ["production", "staging", "development"];

const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });
/** Whether a row may be lifted is asked deployment by deployment, so a page is short. */
const A_PAGE = { limit: 50 };

export function listFreezes(after?: string): Promise<Page<Freeze>> {
  return body(api().GET("/api/v1/freezes", { params: { query: { ...A_PAGE, ...(after && { after }) } } }));
}

export function addFreeze(draft: FreezeDraft, key: string): Promise<Freeze> {
  return body(api().POST("/api/v1/freezes", { params: keyed(key), body: draft }));
}

export async function liftFreeze({ id, row_version }: Freeze, reason: string): Promise<void> {
  await gone(api().DELETE("/api/v1/freezes/{id}", { params: { path: { id }, query: { reason }, header: { "If-Match": etag(row_version) } } }));
}

export function listLocks(after?: string): Promise<Page<Lock>> {
  return body(api().GET("/api/v1/locks", { params: { query: { ...A_PAGE, ...(after && { after }) } } }));
}

export function takeLock(draft: LockDraft, key: string): Promise<Lock> {
  return body(api().POST("/api/v1/locks", { params: keyed(key), body: draft }));
}

export async function liftLock({ id, row_version }: Lock, reason: string): Promise<void> {
  await gone(api().DELETE("/api/v1/locks/{id}", { params: { path: { id }, query: { reason }, header: { "If-Match": etag(row_version) } } }));
}

/** What no CD config of a tier can undercut. */
export function getFloor(tier: Tier): Promise<PolicyFloor> {
  return body(api().GET("/api/v1/policies/{tier}", { params: { path: { tier } } }));
}

/** Sets the floor that `before` is; nobody else's change in between is overwritten. */
export function putFloor(before: PolicyFloor, minimumVotes: number): Promise<PolicyFloor> {
  const header = condition(before.row_version > 0 ? before.row_version : undefined);
  return body(api().PUT("/api/v1/policies/{tier}", { params: { path: { tier: before.tier }, header }, body: { minimum_votes: minimumVotes } }));
}
