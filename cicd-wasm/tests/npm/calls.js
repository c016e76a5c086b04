// The corpus, and how each case of it is asked by the package.
import { readFileSync } from "node:fs";

import * as rules from "cicd-wasm";

/** Each function with the arguments that a case holds by name. */
export const CALLS = {
  validateCiConfig: ({ draft, allow_local_repositories }) =>
    rules.validateCiConfig(draft, { allowLocalRepositories: allow_local_repositories }),
  validateCdConfig: ({ draft, capabilities, minimum_votes }) =>
    rules.validateCdConfig(draft, { capabilities, minimumVotes: minimum_votes }),
  validateApprovalPolicy: ({ draft, minimum_votes }) =>
    rules.validateApprovalPolicy(draft, { minimumVotes: minimum_votes }),
  validateReleaseRequest: ({ draft }) => rules.validateReleaseRequest(draft),
  previewRollout: ({ draft, capabilities }) => rules.previewRollout(draft, { capabilities }),
  triggerVerdict: ({ spec, occurrence }) => rules.triggerVerdict(spec, occurrence),
  allowedCommands: ({ release, permissions, facts }) => rules.allowedCommands(release, permissions, facts),
  explain: ({ release, facts }) => rules.explain(release, facts),
  foldTimeline: ({ events, export: exported }) => rules.foldTimeline(events ?? exported),
  verifyAuditChain: ({ export: exported, kept }) => rules.verifyAuditChain(exported, { kept }),
};

/** The cases of a function. */
export function corpus(name) {
  return JSON.parse(readFileSync(new URL(`../../../tests/golden/${name}.json`, import.meta.url), "utf8"));
}
