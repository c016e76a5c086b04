import type { DeploymentGlance } from "../api/modules/overview";
import type { Release, ReleaseDetail } from "../api/modules/releases";
import type { Session } from "../api/modules/session";

const AT = "2026-11-20T10:00:00.000000Z";
const LATER = "2099-01-01T00:00:00.000000Z";
const DIGEST = `sha256:${"ab".repeat(32)}`;
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
