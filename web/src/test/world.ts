import { http, HttpResponse } from "msw";

import type { AuditEvent } from "../api/modules/audit";
import type { CdConfig } from "../api/modules/cdConfig";
import type { Permissions } from "../api/modules/permissions";
import type { Source, SourceDelivery } from "../api/modules/sources";
import type { TimelineEntry } from "../api/modules/timeline";
import { ben, detail, glance, ID, lighthouse, mayAll, production, run, RUN, waiting } from "./samples";
import { answers, server } from "./server";

const AT = "2026-11-20T10:00:00Z";
const LATER = "2099-01-01T00:00:00Z";
const HASH = `sha256:${"cd".repeat(32)}`;

/** A page, and what it shows once it has read everything. */
export interface PageOfWorld {
  path: string;
  heading: RegExp;
}

/** Every page; what is behind each is in `world`. */
export const PAGES: PageOfWorld[] = [
  { path: "/", heading: /^Overview/ },
  { path: "/approvals", heading: /^Approvals/ },
  { path: "/releases", heading: /^All releases/ },
  { path: `/releases/${ID}`, heading: /^Release / },
  { path: "/services", heading: /^Services/ },
  { path: "/register", heading: /^Register a service/ },
  { path: "/services/lighthouse", heading: /./ },
  { path: "/services/lighthouse/about", heading: /^Settings/ },
  { path: "/services/lighthouse/deployment", heading: /^New deployment/ },
  { path: "/services/lighthouse/release", heading: /^New release/ },
  { path: "/services/lighthouse/settings", heading: /^Settings/ },
  { path: `/services/lighthouse/settings/${production.id}`, heading: /^Settings/ },
  { path: `/services/lighthouse/settings/${production.id}/place`, heading: /^Settings/ },
  { path: "/services/lighthouse/timeline", heading: /^Timeline/ },
  { path: "/governance", heading: /^Governance/ },
  { path: "/governance/access", heading: /^Governance/ },
  { path: "/governance/sources", heading: /^Governance/ },
  { path: "/governance/sources/new", heading: /^New source/ },
  { path: `/governance/sources/${ID}`, heading: /./ },
  { path: `/governance/sources/${ID}/settings`, heading: /^Settings/ },
  { path: "/audit", heading: /^Audit/ },
  { path: "/audit/ledger/12", heading: /./ },
  { path: `/ci-runs/${RUN}`, heading: /^CI run/ },
  { path: "/nowhere", heading: /^There is no such page/ },
];

/** Answers for every page; `text` stands wherever somebody wrote what they liked. */
export function world(text: string): void {
  answers("/api/v1/session", { ...ben, principal: text });
  answers("/api/v1/me/permissions", mayAll);
  server.use(http.get("http://localhost:3000/api/v1/*/:id/log", () => HttpResponse.text(`${text}\n`)));
  shipping(text);
  configured(text);
  governing(text);
  remembering(text);
}

function shipping(text: string): void {
  const votes = waiting.votes.map((vote) => ({ ...vote, person: text, comment: text }));
  const release = { ...waiting, requester: text, version: text, reason: text, votes };
  answers("/api/v1/me/approvals", { items: [release], next: null });
  answers("/api/v1/releases", { items: [release], next: null });
  answers("/api/v1/releases/{id}", detail({ requester: text, version: text, reason: text, votes }));
  answers("/api/v1/releases/{id}/explain", { release: ID, state: "pending_approval", open: false, gates: [{ gate: "votes", open: false, reason: text, opened_by: [text], opens_at: null }] });
  const next = { release: ID, version: text, artifact: HASH, requester: text, since: AT, status: "pending_approval" as const };
  answers("/api/v1/overview", { items: [glance({ running: { release: ID, version: text, artifact: HASH, since: AT }, waiting: [next], waiting_count: 1 })], next: null });
  answers("/api/v1/services", { items: [{ ...lighthouse, name: text, description: text, updated_by: text }], next: null });
  answers("/api/v1/services/{service}", { ...lighthouse, name: text, description: text });
  answers("/api/v1/deployments", { items: [{ ...production, updated_by: text }], next: null });
  answers("/api/v1/deployments/{deployment}", { ...production, updated_by: text });
  const built = run();
  const told = { ...built, trigger: { ...built.trigger, actor: text, reason: text } };
  answers("/api/v1/services/{service}/ci-runs", { items: [told], next: null });
  answers("/api/v1/ci-runs/{id}", told);
}

function configured(text: string): void {
  const about = { revision: 3, row_version: 7, updated_at: AT, updated_by: text };
  answers("/api/v1/services/{service}/ci-config", { service: "lighthouse", ...about, spec: { ...run().spec, repository: text } });
  const { strategy, approval } = waiting.content;
  const spec: CdConfig["spec"] = { strategy, approval, queue: "supersede", when_stale: "cancel", rollback: { approval: [] }, deadline_seconds: 3600, allow_external_artifacts: false };
  answers("/api/v1/deployments/{deployment}/cd-config", { deployment: production.id, ...about, spec });
}

function governing(text: string): void {
  const scope = { kind: "tier", tier: "production" } as const;
  answers("/api/v1/freezes", { items: [{ id: ID, scope, from: AT, until: LATER, reason: text, created_at: AT, created_by: text, row_version: 1 }], next: null });
  answers("/api/v1/locks", { items: [{ id: ID, deployment: production.id, owner: text, reason: text, expires_at: LATER, created_at: AT, row_version: 1 }], next: null });
  answers("/api/v1/policies/{tier}", { tier: "production", minimum_votes: 1, row_version: 1, updated_at: AT, updated_by: text });
  const everywhere = { service: null, environment: null, tier: null };
  answers("/api/v1/roles", { items: [{ id: ID, principal: text, role: "approver", scope: everywhere, granted_at: AT, granted_by: text, row_version: 1 }], next: null });
  const times = { created_at: AT, expires_at: LATER, last_used_at: AT, revoked_at: null };
  answers("/api/v1/tokens", { items: [{ id: ID, principal: text, kind: "person", roles: ["viewer"], hint: "cicd_12345", created_by: text, opened_by: null, row_version: 1, ...times }], next: null });
  const denied: Permissions = { ...mayAll, actions: [{ action: "policy.put", allowed: false, reason: text }] };
  answers("/api/v1/principals/{principal}/permissions", denied);
  answers("/api/v1/role-rights", { roles: [{ role: text, actions: [{ action: "read", reach: "everywhere" }] }] });
  const source: Source = {
    id: ID, name: text, service: "lighthouse", provider: "forgejo", scheme: "signature", secrets: [{ secret: "hook" }], events: ["push"],
    hook: `/api/v1/hooks/${ID}`, created_at: AT, updated_at: AT, updated_by: text, row_version: 1,
  };
  const delivery: SourceDelivery = {
    id: RUN, source: ID, service: "lighthouse", event: "push", sender_id: text, body: HASH, received_at: AT, redeliveries: 1, redelivered_by: text, row_version: 1,
    changes: [{ event: null, outcome: { status: "ignored", reason: { code: "deleted" }, message: text } }],
  };
  answers("/api/v1/sources", { items: [source], next: null });
  answers("/api/v1/sources/{id}", source);
  answers("/api/v1/sources/{id}/deliveries", { items: [delivery], next: null });
}

function remembering(text: string): void {
  const entry: TimelineEntry = {
    seq: 7, at: AT, kind: "release.approved", actor: { kind: "person", id: text }, summary: text,
    service: "lighthouse", deployment: production.id, release: ID, run: RUN, caused_by: null,
  };
  answers("/api/v1/services/{service}/timeline", { items: [entry], next: null });
  const event = {
    chain: "ledger", seq: 12, at: AT, previous: HASH, hash: HASH, kind: "policy.changed", actor: { kind: "person", id: text },
    subject: { kind: "policy_floor", id: text }, request_id: text, data: { before: { [text]: text }, after: { [text]: 1 } },
  } as AuditEvent;
  answers("/api/v1/audit-events", { items: [event], next: null });
  answers("/api/v1/audit-events/{seq}", event);
}
