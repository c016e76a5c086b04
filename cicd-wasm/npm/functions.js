import { ask } from "./loader.js";

export { initSync, RulesError } from "./loader.js";

export function validateCiConfig(draft, { allowLocalRepositories } = {}) {
  return ask("validateCiConfig", { draft, allow_local_repositories: allowLocalRepositories });
}

export function validateCdConfig(draft, { capabilities, minimumVotes } = {}) {
  return ask("validateCdConfig", { draft, capabilities, minimum_votes: minimumVotes });
}

export function validateApprovalPolicy(draft, { minimumVotes } = {}) {
  return ask("validateApprovalPolicy", { draft, minimum_votes: minimumVotes });
}

export function validateReleaseRequest(draft) {
  return ask("validateReleaseRequest", { draft });
}

export function previewRollout(strategy, { capabilities } = {}) {
  return ask("previewRollout", { draft: strategy, capabilities });
}

export function triggerVerdict(spec, occurrence) {
  return ask("triggerVerdict", { spec, occurrence });
}

export function allowedCommands(release, caller, facts) {
  return ask("allowedCommands", { release, permissions: caller, facts });
}

export function explain(release, facts) {
  return ask("explain", { release, facts });
}

export function foldTimeline(events) {
  return ask("foldTimeline", typeof events === "string" ? { export: events } : { events });
}

export function verifyAuditChain(exported, { kept } = {}) {
  return ask("verifyAuditChain", { export: exported, kept });
}
