import { api, body, type Page, type Schema } from "../client";

export type CiRun = Schema["CiRun"];
export type RunStatusName = Schema["RunStatusName"];
export type RunDraft = Schema["RunDraft"];

const RUN = "/api/v1/ci-runs/{id}";
const RUNS = "/api/v1/services/{service}/ci-runs";

export function listRuns(service: string, query: { status?: RunStatusName; after?: string; limit?: number } = {}): Promise<Page<CiRun>> {
  return body(api().GET(RUNS, { params: { path: { service }, query } }));
}

export function getRun(id: string): Promise<CiRun> {
  return body(api().GET(RUN, { params: { path: { id } } }));
}

/** Asks for a run; the same `key` again asks for nothing more. */
export function triggerRun(service: string, draft: RunDraft, key: string): Promise<CiRun> {
  return body(api().POST(RUNS, { params: { path: { service }, header: { "Idempotency-Key": key } }, body: draft }));
}

export function cancelRun(id: string, key: string): Promise<CiRun> {
  return body(api().POST(`${RUN}/cancel`, { params: { path: { id }, header: { "Idempotency-Key": key } }, body: {} }));
}
