import type { CiRun } from "../api/modules/ciRuns";
import type { DeploymentGlance } from "../api/modules/overview";
import type { Permissions } from "../api/modules/permissions";
import type { Release, ReleaseDetail } from "../api/modules/releases";
import type { Deployment, Service } from "../api/modules/services";
import type { Session } from "../api/modules/session";

const AT = "2026-11-20T10:00:00.000000Z";
const LATER = "2099-01-01T00:00:00.000000Z";
const DIGEST = `sha256:${"ab".repeat(32)}`;
export const RUN = "01890000-0000-7000-8000-0000000000aa";
export const ID = "01890000-0000-7000-8000-000000000001";

/** Who looks at the pages unless a test says otherwise. */
export const ben: Session = { id: ID, principal: "ben", kind: "person", roles: ["approver"], expires_at: LATER, idle_seconds: 3600, opened_by: ID, row_version: 1 };

const release: Release = {
  id: ID,
  service: "lighthouse",
  environment: "production",
  tier: "production",
  executor: "command",
  target: {},
  version: "1.4.0",
  kind: { type: "deploy" },
  requester: "ada",
  reason: "a brighter lamp",
  retry_of: null,
  queue: "supersede",
  when_stale: "cancel",
  deadline_seconds: 3600,
  content: {
    deployment: "lighthouse-production",
    deployment_revision: 1,
    cd_config_revision: 1,
    artifact: { name: "site", digest: DIGEST, origin: { kind: "ci-run", run: ID, commit: "c0ffee" } },
    strategy: { type: "canary", on_failure: "undo", steps: [{ weight: 20, pause: "manual", analysis: "command" }, { weight: 60, pause: { seconds: 60 }, analysis: null }] },
    approval: { deadline_seconds: null, requirements: [{ role: "approver", count: 2 }] },
  },
  content_digest: DIGEST,
  created_at: AT,
  updated_at: AT,
  row_version: 1,
  state: { status: "pending_approval", expires_at: LATER },
  votes: [{ person: "cleo", role: "approver", decision: "approve", comment: "looks good", content: DIGEST, at: AT }],
};

/** A release that waits for one more vote. */
export const waiting = release;

/** The same as its page reads it; `more` changes what a test is about. */
export function detail(more: Partial<ReleaseDetail> = {}): ReleaseDetail {
  return { ...release, allowed_commands: ["approve", "reject"], outstanding: [{ role: "approver", missing: 1 }], rollback_candidates: [], ...more } as ReleaseDetail;
}

/** A run that built something. */
export function run(more: Partial<CiRun> = {}): CiRun {
  return {
    id: RUN,
    service: "lighthouse",
    config_revision: 1,
    created_at: AT,
    row_version: 3,
    trigger: { actor: "ada", commit: "c0ffee".padEnd(40, "0"), git_ref: { type: "branch", name: "main" }, reason: null, trigger_type: "manual" },
    spec: {
      executor: "command", repository: "https://git.example/lighthouse.git", trigger_mode: "both", max_attempts: 1, branches: ["main"], tags: [], paths: [],
      artifact: { name: "site", path: "dist" },
      steps: [{ name: "build", argv: ["make"], environment: {}, timeout_seconds: 60 }, { name: "check", argv: ["make", "check"], environment: {}, timeout_seconds: 60 }],
    },
    status: "succeeded", attempt: 1, attempt_id: RUN, started_at: AT, finished_at: AT,
    artifact: { name: "site", digest: DIGEST, size_bytes: 12 },
    steps: [{ name: "build", outcome: "succeeded", exit_code: 0, duration_ms: 61_500 }, { name: "check", outcome: "succeeded", exit_code: 0, duration_ms: 340 }],
    ...more,
  } as CiRun;
}

/** A place where it runs. */
export const production: Deployment = {
  id: "lighthouse-production",
  spec: { service: "lighthouse", environment: "production", tier: "production", executor: "command", target: {} },
  capabilities: { analysis: true, blue_green: true, fence: true, status: true, undo: true, weights: true },
  hold: null, revision: 1, row_version: 1, created_at: AT, updated_at: AT, updated_by: "ada",
};

export const lighthouse: Service = { id: "lighthouse", name: "Lighthouse", description: "It shines", created_at: AT, updated_at: AT, updated_by: "ada", row_version: 1 };

export const mayAll: Permissions = { principal: "ben", roles: ["developer"], governance_epoch: 1, actions: [] };

/** A deployment as the overview shows it. */
export function glance(more: Partial<DeploymentGlance> = {}): DeploymentGlance {
  return {
    deployment: "lighthouse-production",
    service: "lighthouse",
    environment: "production",
    tier: "production",
    running: { release: ID, version: "1.3.0", artifact: DIGEST, since: AT },
    executing: null,
    failed: null,
    waiting: [],
    waiting_count: 0,
    attention: [],
    freezes: [],
    locks: [],
    hold: null,
    ...more,
  };
}
