import { api, body, type Schema } from "../client";
import { condition, etag } from "../condition";
import { gone } from "../gone";

export type CiConfig = Schema["CiConfig"];
export type CiSpecDraft = Schema["CiSpecDraft"];

const CONFIG = "/api/v1/services/{service}/ci-config";

/** How a service is built. */
export function getCiConfig(service: string): Promise<CiConfig> {
  return body(api().GET(CONFIG, { params: { path: { service } } }));
}

/** Replaces the config of this version; the first one where there is none. */
export function putCiConfig(service: string, draft: CiSpecDraft, version: number | undefined, dryRun: boolean): Promise<CiConfig> {
  return body(api().PUT(CONFIG, { params: { path: { service }, query: { dry_run: dryRun }, header: condition(version) }, body: draft }));
}

/** Deletes the config of this version: nothing new is built until another is written. */
export async function deleteCiConfig(service: string, version: number): Promise<void> {
  await gone(api().DELETE(CONFIG, { params: { path: { service }, header: { "If-Match": etag(version) } } }));
}
