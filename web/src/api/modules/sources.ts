import { api, body, type Page, type Schema } from "../client";
import { etag } from "../condition";
import { gone } from "../gone";

export type Source = Schema["ListedSource"];
export type SourceDraft = Schema["SourceDraft"];
export type SourceDelivery = Schema["SourceDelivery"];

export function listSources(after?: string): Promise<Page<Source>> {
  return body(api().GET("/api/v1/sources", { params: { query: { limit: 200, ...(after && { after }) } } }));
}

export function getSource(id: string): Promise<Source> {
  return body(api().GET("/api/v1/sources/{id}", { params: { path: { id } } }));
}

/** Makes a source; the same `key` again makes none more. Its `hook` is where the sender posts to. */
export function createSource(draft: SourceDraft, dryRun: boolean, key?: string): Promise<Source> {
  const params = { query: { dry_run: dryRun }, ...(key && { header: { "Idempotency-Key": key } }) };
  return body(api().POST("/api/v1/sources", { params, body: draft }));
}

/** Changes the source of this version. */
export function putSource(id: string, draft: SourceDraft, version: number, dryRun: boolean): Promise<Source> {
  const params = { path: { id }, query: { dry_run: dryRun }, header: { "If-Match": etag(version) } };
  return body(api().PUT("/api/v1/sources/{id}", { params, body: draft }));
}

/** Deletes the source of this version: nothing that it sends is taken from then on. */
export async function deleteSource(id: string, version: number): Promise<void> {
  await gone(api().DELETE("/api/v1/sources/{id}", { params: { path: { id }, header: { "If-Match": etag(version) } } }));
}

export function listDeliveries(id: string, after?: string): Promise<Page<SourceDelivery>> {
  return body(api().GET("/api/v1/sources/{id}/deliveries", { params: { path: { id }, query: after ? { after } : {} } }));
}

/** Decides a delivery again, by the config as it is now. */
export function redeliver({ source, id }: SourceDelivery, key: string): Promise<SourceDelivery> {
  const params = { path: { id: source, delivery: id }, header: { "Idempotency-Key": key } };
  return body(api().POST("/api/v1/sources/{id}/deliveries/{delivery}/redeliver", { params, body: {} }));
}
