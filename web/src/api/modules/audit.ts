import { apiUrl } from "../base";
import { api, body, type Page, type Schema } from "../client";

export type AuditEvent = Schema["StoredAuditEvent"];
export type Actor = Schema["Actor"];
export type Chain = Schema["Chain"];

/** What narrows a list of events and an export alike. */
export interface AuditFilter {
  chain?: Chain;
  kind?: string;
  actor?: string;
  service?: string;
  deployment?: string;
  release?: string;
  /** The id of what it is about. */
  subject?: string;
  since?: string;
  until?: string;
}

/** The events of a chain, the newest first. */
export function listEvents(filter: AuditFilter, page: { after?: string; limit?: number } = {}): Promise<Page<AuditEvent>> {
  return body(api().GET("/api/v1/audit-events", { params: { query: { ...filter, ...page, order: "newest-first" } } }));
}

export function getEvent(chain: Chain, seq: string): Promise<AuditEvent> {
  return body(api().GET("/api/v1/audit-events/{seq}", { params: { path: { seq }, query: { chain } } }));
}

/** Where an export of these events is downloaded. */
export function exportUrl(filter: AuditFilter, format: "jsonl" | "csv"): string {
  const query = new URLSearchParams({ ...filter, format });
  return `${apiUrl()}/api/v1/audit-events/export?${query}`;
}

/** A whole chain as its export gives it, JSON Lines. */
export async function exportedChain(chain: Chain): Promise<string> {
  const { data } = await api().GET("/api/v1/audit-events/export", { params: { query: { chain, format: "jsonl" } }, parseAs: "text" });
  return typeof data === "string" ? data : "";
}
