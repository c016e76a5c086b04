import { api, body, type Page } from "../client";
import type { Release } from "./releases";

/** What waits for a vote of the caller. */
export function myApprovals(query: { after?: string; limit?: number } = {}): Promise<Page<Release>> {
  return body(api().GET("/api/v1/me/approvals", { params: { query } }));
}

/** What is voted on and why. `content` is what the voter saw: a vote for another content is refused. */
export interface Ballot {
  release: string;
  content: string;
  comment?: string;
  key: string;
}

export function approve(ballot: Ballot): Promise<Release> {
  return body(api().POST("/api/v1/releases/{id}/approve", ballotOptions(ballot)));
}

export function reject(ballot: Ballot): Promise<Release> {
  return body(api().POST("/api/v1/releases/{id}/reject", ballotOptions(ballot)));
}

function ballotOptions({ release, content, comment, key }: Ballot) {
  const draft = comment ? { content, comment } : { content };
  return { params: { path: { id: release }, header: { "Idempotency-Key": key } }, body: draft };
}
