import { abortRelease, type ReleaseDetail, retryRelease } from "../../api/modules/releases";

/** How each is asked for. */
export const ACTS = { abort: abortRelease, retry: retryRelease };
export type Consequence = keyof typeof ACTS | "rollback";

/** The names of the API, as buttons say them. */
export const TITLES: Record<Consequence, string> = { abort: "Abort", rollback: "Roll back", retry: "Retry" };

/** What each of them does, before anybody does it. */
export function effectOf(name: Exclude<Consequence, "rollback">, release: ReleaseDetail): string {
  const where = `${release.service} in ${release.environment}`;
  if (name === "abort") return `The rollout of ${release.version} to ${where} stops; the executor takes it back where it can.`;
  return `A release of its own brings ${release.version} to ${where}, by the rules as they are now. It asks for its own votes.`;
}

/** What can be asked for at this point of its life. */
export function consequences(release: ReleaseDetail): Consequence[] {
  const { status } = release.state;
  const names: [Consequence, boolean][] = [
    ["abort", release.allowed_commands.includes("abort")],
    ["rollback", release.rollback_candidates.length > 0 || status === "succeeded"],
    ["retry", ["failed", "rejected", "cancelled", "rolled_back"].includes(status) && release.kind.type === "deploy"],
  ];
  return names.filter(([, is]) => is).map(([name]) => name);
}

/** Why it can't be asked for all the same. */
export function impossible(name: Consequence, release: ReleaseDetail): string | undefined {
  if (name !== "rollback" || release.rollback_candidates.length > 0) return undefined;
  return "Nothing to go back to: no other version was stable here, or this is not the last one that was rolled out.";
}
