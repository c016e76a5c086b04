import type { Actor } from "../api/modules/audit";

/** Who did it, in a word or two. */
export function actorText(actor: Actor): string {
  return actor.kind === "system" ? `the engine (${actor.part.replaceAll("_", " ")})` : actor.id;
}
