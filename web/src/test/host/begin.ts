import { createHash } from "node:crypto";

import type { Release } from "../../api/modules/releases";
import type { Outcome } from "./edge";
import type { Host } from "./host";
import { notFound } from "./refusal";
import { AT } from "./state";
import { hasVotes } from "./verdicts";

const LATER = "2099-01-01T00:00:00.000000Z";

/** The release with this id, which must be there. */
export function found(host: Host, id: string | undefined): Release {
  const release = host.release(id ?? "");
  if (!release) throw notFound("release");
  return release;
}

/** What somebody asks for. */
export type Asking = Omit<Release, "id" | "state" | "votes" | "content_digest" | "created_at" | "updated_at" | "row_version">;

/** A release that begins: it waits for its votes, where the rules say that it lacks any. */
export function begun(host: Host, asking: Asking): Outcome<Release> {
  // Not the digest that the server computes, but like it one that another content has not.
  const content_digest = `sha256:${createHash("sha256").update(JSON.stringify(asking.content)).digest("hex")}`;
  const asked: Release = { ...asking, id: host.nextId(), content_digest, created_at: AT, updated_at: AT, row_version: 1, votes: [], state: { status: "pending_approval", expires_at: LATER } };
  const release: Release = hasVotes(host, asked) ? { ...asked, state: { status: "approved", approved_at: AT, expires_at: LATER } } : asked;
  const keep = () => {
    host.state.releases.unshift(release);
    host.record({ kind: "release.created", subject: subjectOf(release), data: { kind: "release.created", release } });
  };
  return { body: release, status: 201, version: 1, keep };
}

/** What its events are about. */
export function subjectOf({ id, service, content }: Release) {
  return { kind: "release" as const, id, release: id, service, deployment: content.deployment };
}
