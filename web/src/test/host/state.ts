import type { Facts } from "cicd-wasm";

import type { AuditEvent } from "../../api/modules/audit";
import type { CdConfig } from "../../api/modules/cdConfig";
import type { CiConfig } from "../../api/modules/ciConfig";
import type { CiRun } from "../../api/modules/ciRuns";
import type { DeploymentGlance } from "../../api/modules/overview";
import type { Action, Permissions } from "../../api/modules/permissions";
import type { Release } from "../../api/modules/releases";
import type { Deployment, Service } from "../../api/modules/services";
import type { Session } from "../../api/modules/session";
import { ben, glance, lighthouse, production, run, waiting } from "../samples";

/** What the host keeps. A test gives what it is about; the rest is a service that is built and waits for a vote. */
export interface State {
  session: Session;
  permissions: Permissions;
  /** The fewest votes that the floor of production allows. */
  minimumVotes: number;
  services: Service[];
  deployments: Deployment[];
  glances: DeploymentGlance[];
  runs: CiRun[];
  ciConfigs: CiConfig[];
  cdConfigs: CdConfig[];
  releases: Release[];
  /** What may be in each release's way; nothing where a test does not say. */
  facts: Record<string, Facts>;
  /** What each release can be rolled back to: the ledger is not the rules' to keep. */
  candidates: Record<string, string[]>;
  /** The ledger, the first event first. */
  events: AuditEvent[];
}

export const AT = "2026-11-20T10:00:00.000000Z";
const about = { revision: 3, row_version: 7, updated_at: AT, updated_by: "ada" };

export const ciConfig: CiConfig = { service: "lighthouse", ...about, spec: run().spec };
export const cdConfig: CdConfig = {
  deployment: "lighthouse-production",
  ...about,
  spec: {
    strategy: { type: "canary", on_failure: "undo", steps: [{ weight: 20, pause: { seconds: 90 }, analysis: null }] },
    approval: { deadline_seconds: null, requirements: [{ role: "approver", count: 2 }] },
    queue: "supersede", when_stale: "cancel", rollback: { approval: [] }, deadline_seconds: 3600, allow_external_artifacts: false,
  },
};

const ACTIONS: Action[] = [
  "read", "log.read", "audit.read", "ci_config.put", "ci_run.trigger", "cd_config.put", "release.create", "release.vote", "release.cancel_own",
  "release.cancel", "release.pause", "release.resume", "release.promote", "release.abort", "release.retry", "release.rollback",
];

/** What the caller may do: everything but what is `refused`, which takes `reason`. */
export function may(roles: string[], refused: Action[] = [], reason = "needs another role"): Permissions {
  const actions = ACTIONS.map((action) => (refused.includes(action) ? { action, allowed: false, reason } : { action, allowed: true }));
  return { principal: ben.principal, governance_epoch: 1, roles, actions };
}

export function stateOf(more: Partial<State> = {}): State {
  return {
    session: ben, permissions: may(["approver", "developer"]), minimumVotes: 1,
    services: [lighthouse], deployments: [production], glances: [glance()], runs: [run()],
    ciConfigs: [ciConfig], cdConfigs: [cdConfig], releases: [waiting], facts: {}, candidates: {}, events: [], ...more,
  };
}
