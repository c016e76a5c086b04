import type { OfferName } from "cicd-wasm";
import type { HttpHandler } from "msw";

import type { Schema } from "../../api/client";
import type { Release } from "../../api/modules/releases";
import { begun, found, subjectOf } from "./begin";
import { type Asked, on, type Outcome } from "./edge";
import type { Host } from "./host";
import { refusalOf } from "./refusal";
import { AT } from "./state";
import { hasVotes, offer, outstanding, takenBy } from "./verdicts";

/** The commands: each is refused where the rules refuse it. */
export function commandHandlers(host: Host): HttpHandler[] {
  return [
    on(host, "post", "/api/v1/releases/{id}/approve", (asked) => approve(host, asked)),
    on(host, "post", "/api/v1/releases/{id}/reject", (asked) => reject(host, asked)),
    on(host, "post", "/api/v1/releases/{id}/cancel", (asked) => cancel(host, asked)),
    on(host, "post", "/api/v1/releases/{id}/pause", (asked) => taken(host, asked, "pause")),
    on(host, "post", "/api/v1/releases/{id}/resume", (asked) => taken(host, asked, "resume")),
    on(host, "post", "/api/v1/releases/{id}/promote", (asked) => taken(host, asked, "promote")),
    on(host, "post", "/api/v1/releases/{id}/abort", (asked) => taken(host, asked, "abort")),
    on(host, "post", "/api/v1/releases/{id}/retry", (asked) => retry(host, asked)),
    on(host, "post", "/api/v1/releases/{id}/rollback", (asked) => rollback(host, asked)),
  ];
}

/** The release, where the rules let the caller do this with it. */
function demanded(host: Host, asked: Asked, command: OfferName): Release {
  const release = found(host, asked.params["id"]);
  const { session, candidates } = host.state;
  const offered = offer(host, release, command);
  if (offered?.allowed === false) {
    const needed = outstanding(host, release).map(({ role }) => role);
    throw refusalOf(offered, { release, principal: session.principal, allowed: takenBy(release), needed, candidates: candidates[release.id] ?? [] });
  }
  return release;
}

/** How a rollout goes on from a command the rules' package does not tell: a test that needs it says so. */
function taken(host: Host, asked: Asked, command: OfferName): Outcome<Release> {
  const release = demanded(host, asked, command);
  return { body: release, version: release.row_version };
}

type Change = Partial<Pick<Release, "state" | "votes">>;

function changed(host: Host, release: Release, change: Change, events: object[]): Outcome<Release> {
  const next: Release = { ...release, ...change, row_version: release.row_version + 1 };
  const keep = () => {
    host.state.releases.splice(host.state.releases.indexOf(release), 1, next);
    for (const data of events) host.record({ kind: "kind" in data ? String(data.kind) : "", subject: subjectOf(next), data });
  };
  return { body: next, version: next.row_version, keep };
}

function voteOf(host: Host, release: Release, decision: Schema["VoteDecision"], body: unknown): Schema["Vote"] {
  const { permissions, session } = host.state;
  const role = outstanding(host, release).find((requirement) => permissions.roles.includes(requirement.role))?.role ?? "";
  return { person: session.principal, role, decision, comment: textOf(body, "comment") ?? null, content: textOf(body, "content") ?? "", at: AT };
}

function approve(host: Host, asked: Asked): Outcome<Release> {
  const release = demanded(host, asked, "approve");
  const vote = voteOf(host, release, "approve", asked.body);
  const votes = [...release.votes, vote];
  const cast = { kind: "release.vote_cast", vote };
  if (release.state.status !== "pending_approval" || !hasVotes(host, { ...release, votes })) return changed(host, release, { votes }, [cast]);
  const { expires_at } = release.state;
  return changed(host, release, { votes, state: { status: "approved", approved_at: AT, expires_at } }, [cast, { kind: "release.approved", approvals: votes.length }]);
}

function reject(host: Host, asked: Asked): Outcome<Release> {
  const release = demanded(host, asked, "reject");
  const vote = voteOf(host, release, "reject", asked.body);
  return changed(host, release, { votes: [...release.votes, vote], state: { status: "rejected", by: vote.person, at: AT } }, [{ kind: "release.rejected", vote }]);
}

function cancel(host: Host, asked: Asked): Outcome<Release> {
  const release = demanded(host, asked, "cancel");
  const reason = { code: "withdrawn" as const, by: host.state.session.principal };
  return changed(host, release, { state: { status: "cancelled", reason, at: AT } }, [{ kind: "release.cancelled", reason }]);
}

function retry(host: Host, asked: Asked): Outcome<Release> {
  const release = demanded(host, asked, "retry");
  return begun(host, { ...release, requester: host.state.session.principal, reason: textOf(asked.body, "reason") ?? null, retry_of: release.id });
}

function rollback(host: Host, asked: Asked): Outcome<Release> {
  const release = demanded(host, asked, "rollback");
  const candidates = host.state.candidates[release.id] ?? [];
  const target = textOf(asked.body, "target") ?? candidates[0] ?? "";
  const brought = host.release(target) ?? release;
  const content = { ...release.content, artifact: brought.content.artifact, approval: { deadline_seconds: null, requirements: [] } };
  const kind = { type: "rollback" as const, of: release.id, undoes: [release.id], target };
  return begun(host, { ...release, version: brought.version, kind, content, requester: host.state.session.principal, reason: textOf(asked.body, "reason") ?? null });
}

/** The text that a body has under `name`. */
function textOf(body: unknown, name: string): string | undefined {
  const said = Object.entries(Object(body)).find(([key]) => key === name)?.[1];
  return typeof said === "string" ? said : undefined;
}
