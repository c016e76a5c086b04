import { api, body, type Page, type Schema } from "../client";

export type Release = Schema["Release"];
export type ReleaseDetail = Schema["ReleaseDetail"];
export type ReleaseStatus = Release["state"]["status"];
export type CommandName = Schema["CommandName"];
export type Explanation = Schema["Explanation"];

const RELEASE = "/api/v1/releases/{id}";
const at = (id: string) => ({ path: { id } });

/** The release, what its caller may command, and what is missing. */
export function getRelease(id: string): Promise<ReleaseDetail> {
  return body(api().GET(RELEASE, { params: at(id) }));
}

/** What narrows a list of releases. */
export interface ReleaseFilter {
  deployment?: string;
  service?: string;
  environment?: string;
  requester?: string;
  status?: ReleaseStatus;
  since?: string;
  until?: string;
}

export function listReleases(query: ReleaseFilter & { after?: string; limit?: number }): Promise<Page<Release>> {
  return body(api().GET("/api/v1/releases", { params: { query } }));
}

export type ReleaseDraft = Schema["ReleaseDraft"];

/** Asks for a release; the same `key` again asks for nothing more. */
export function createRelease(draft: ReleaseDraft, key: string): Promise<Release> {
  return body(api().POST("/api/v1/releases", { params: { header: { "Idempotency-Key": key } }, body: draft }));
}

/** What a release would be, or why it would be refused. Nothing is stored. */
export function tryRelease(draft: ReleaseDraft): Promise<Release> {
  return body(api().POST("/api/v1/releases", { params: { query: { dry_run: true } }, body: draft }));
}

/** Every gate, whether it is open, and who can open it. */
export function explainRelease(id: string): Promise<Explanation> {
  return body(api().GET(`${RELEASE}/explain`, { params: at(id) }));
}

/** The commands that take nothing but the release. */
export type PlainCommand = "cancel" | "pause" | "resume" | "promote";

/** Carries out `command`; the same `key` again changes nothing more. */
export function command(id: string, name: PlainCommand, key: string): Promise<Release> {
  const options = { params: { ...at(id), header: { "Idempotency-Key": key } }, body: {} };
  switch (name) {
    case "cancel":
      return body(api().POST(`${RELEASE}/cancel`, options));
    case "pause":
      return body(api().POST(`${RELEASE}/pause`, options));
    case "resume":
      return body(api().POST(`${RELEASE}/resume`, options));
    case "promote":
      return body(api().POST(`${RELEASE}/promote`, options));
  }
}

/** Stops a rollout that is under way. */
export function abortRelease(id: string, reason: string, key: string): Promise<Release> {
  return body(api().POST(`${RELEASE}/abort`, { params: { ...at(id), header: { "Idempotency-Key": key } }, body: { reason } }));
}

export type RollbackDraft = Schema["RollbackDraft"];

/** Asks for a release of what was stable before; it is a release of its own. */
export function rollbackRelease(id: string, draft: RollbackDraft, key: string): Promise<Release> {
  return body(api().POST(`${RELEASE}/rollback`, { params: { ...at(id), header: { "Idempotency-Key": key } }, body: draft }));
}

/** What that release would be, or why it would be refused. Nothing is stored. */
export function tryRollback(id: string, draft: RollbackDraft): Promise<Release> {
  return body(api().POST(`${RELEASE}/rollback`, { params: { ...at(id), query: { dry_run: true } }, body: draft }));
}

/** Asks for the same once more; it is a release of its own, with votes of its own. */
export function retryRelease(id: string, reason: string, key: string): Promise<Release> {
  return body(api().POST(`${RELEASE}/retry`, { params: { ...at(id), header: { "Idempotency-Key": key } }, body: { reason } }));
}
