import { api, body, type Schema } from "../client";
import { condition, etag } from "../condition";
import { gone } from "../gone";

export type CdConfig = Schema["CdConfig"];
export type CdSpec = Schema["CdSpec"];
export type CdSpecDraft = Schema["CdSpecDraft"];

const CONFIG = "/api/v1/deployments/{deployment}/cd-config";

/** How releases reach a deployment. */
export function getCdConfig(deployment: string): Promise<CdConfig> {
  return body(api().GET(CONFIG, { params: { path: { deployment } } }));
}

/** Replaces the config of this version; the first one where there is none. */
export function putCdConfig(deployment: string, draft: CdSpecDraft, version: number | undefined, dryRun: boolean): Promise<CdConfig> {
  return body(api().PUT(CONFIG, { params: { path: { deployment }, query: { dry_run: dryRun }, header: condition(version) }, body: draft }));
}

/** Deletes the config of this version: nothing new is released there until another is written. */
export async function deleteCdConfig(deployment: string, version: number): Promise<void> {
  await gone(api().DELETE(CONFIG, { params: { path: { deployment }, header: { "If-Match": etag(version) } } }));
}
