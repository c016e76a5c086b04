import { api, body, type Page, type Schema } from "../client";

export type TimelineEntry = Schema["TimelineEntry"];
export type TimelineGroup = Schema["TimelineGroup"];
export type TimelineItem = TimelineEntry | TimelineGroup;

export interface TimelineQuery {
  kind?: string;
  environment?: string;
  actor?: string;
  since?: string;
  until?: string;
  group?: "none" | "release";
  after?: string;
  limit?: number;
}

/** What happened around a service, the newest first. */
export function serviceTimeline(service: string, query: TimelineQuery): Promise<Page<TimelineItem>> {
  return body(api().GET("/api/v1/services/{service}/timeline", { params: { path: { service }, query } }));
}

export function isGroup(item: TimelineItem): item is TimelineGroup {
  return "entries" in item;
}

export function isEntry(item: TimelineItem): item is TimelineEntry {
  return !isGroup(item);
}
