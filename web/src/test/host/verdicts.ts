import { allowedCommands, explain, type Explanation, type Offer, type OfferName, type Permissions } from "cicd-wasm";

import type { Schema } from "../../api/client";
import type { CommandName, Release } from "../../api/modules/releases";
import type { Host } from "./host";
import { may } from "./state";

/** Every gate's verdict, as the rules give it. */
export function explained(host: Host, release: Release): Explanation {
  return explain(release, host.state.facts[release.id]);
}

/** Whether the rules say that it has the votes that it takes. */
export function hasVotes(host: Host, release: Release): boolean {
  return votesOf(host, release)?.open ?? false;
}

/** The votes that it lacks: the rules tell them in a sentence, which is read rather than counting again. */
export function outstanding(host: Host, release: Release): Schema["Outstanding"][] {
  const told = votesOf(host, release)?.reason.matchAll(/(\d+) of role `([^`]+)`/g) ?? [];
  return [...told].map(([, missing, role = ""]) => ({ role, missing: Number(missing) }));
}

function votesOf(host: Host, release: Release): Schema["GateVerdict"] | undefined {
  return explained(host, release).gates.find(({ gate }) => gate === "votes");
}

/** Whether the caller may do this with the release now, or why not. */
export function offer(host: Host, release: Release, command: OfferName): Offer | undefined {
  const shown = { ...release, rollback_candidates: host.state.candidates[release.id] ?? [] };
  return allowedCommands({ ...shown, allowed_commands: [], outstanding: [] }, host.state.permissions, host.state.facts[release.id]).find((offered) => offered.command === command);
}

export function mayVote(host: Host, release: Release): boolean {
  return offer(host, release, "approve")?.allowed ?? false;
}

/** What the release's state takes, whoever asks: what the rules would let somebody do who may do everything and did nothing yet. */
export function takenBy(release: Release): CommandName[] {
  const somebody: Permissions = { ...may(release.content.approval.requirements.map(({ role }) => role)), principal: "somebody" };
  const offers = allowedCommands(release, somebody).filter(({ allowed }) => allowed);
  return offers.map(({ command }) => command).filter((name) => name !== "retry" && name !== "rollback");
}
