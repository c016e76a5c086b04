import { validateReleaseRequest } from "cicd-wasm";
import type { HttpHandler } from "msw";

import type { Release, ReleaseDetail, ReleaseDraft } from "../../api/modules/releases";
import { type Asking, begun, found } from "./begin";
import { commandHandlers } from "./commands";
import { type Asked, on, type Outcome } from "./edge";
import type { Host } from "./host";
import { demand, invalid, notFound } from "./refusal";
import { explained, mayVote, outstanding, takenBy } from "./verdicts";

/** Releases: asked for, listed, read. What may be done with one is in `commands`. */
export function releaseHandlers(host: Host): HttpHandler[] {
  const { releases } = host.state;
  return [
    on(host, "post", "/api/v1/releases", (asked) => create(host, asked)),
    on(host, "get", "/api/v1/releases", ({ query }) => ({ body: { items: listed(releases, query.get("status")), next: null } })),
    on(host, "get", "/api/v1/me/approvals", () => ({ body: { items: releases.filter((release) => mayVote(host, release)), next: null } })),
    on(host, "get", "/api/v1/releases/{id}", ({ params }) => ({ body: detailOf(host, found(host, params["id"])) })),
    on(host, "get", "/api/v1/releases/{id}/explain", ({ params }) => ({ body: explained(host, found(host, params["id"])) })),
    ...commandHandlers(host),
  ];
}

function listed(releases: Release[], status: string | null): Release[] {
  return releases.filter(({ state }) => status === null || state.status === status);
}

function detailOf(host: Host, release: Release): ReleaseDetail {
  return { ...release, allowed_commands: takenBy(release), outstanding: outstanding(host, release), rollback_candidates: host.state.candidates[release.id] ?? [] };
}

function create(host: Host, asked: Asked): Outcome<Release> {
  const request = validateReleaseRequest(asked.body);
  if (!request.valid) throw invalid(request.violations);
  const { artifact: source, deployment, version, reason } = request.value;
  const place = host.state.deployments.find(({ id }) => id === deployment);
  if (!place) throw notFound(`deployment \`${deployment}\``);
  demand(host.state.permissions, "release.create");
  const config = host.state.cdConfigs.find((known) => known.deployment === deployment);
  if (!config) throw new Error("the host of the tests releases to a place that has a CD config");
  const { strategy, approval, queue, when_stale, deadline_seconds } = config.spec;
  const content = {
    deployment, deployment_revision: place.revision, cd_config_revision: config.revision, strategy, approval,
    artifact: artifactOf(host, source),
  };
  const { service, environment, tier, executor, target } = place.spec;
  const asking: Asking = {
    service, environment, tier, executor, target, version, content, queue, when_stale, deadline_seconds,
    kind: { type: "deploy" }, requester: host.state.session.principal, reason: reason ?? null, retry_of: null,
  };
  return begun(host, asking);
}

/** What is released, with where it comes from. */
function artifactOf(host: Host, source: ReleaseDraft["artifact"]): Release["content"]["artifact"] {
  if ("external" in source) {
    const { name, digest, location } = source.external;
    return { name, digest, origin: { kind: "external", location } };
  }
  const run = host.state.runs.find(({ id }) => id === source.ci_run);
  if (run?.status !== "succeeded") throw new Error("the host of the tests releases what a run of its own built");
  return { name: run.artifact.name, digest: run.artifact.digest, origin: { kind: "ci-run", run: run.id, commit: run.trigger.commit } };
}
