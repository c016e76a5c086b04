import { abortRelease, type ReleaseDetail, retryRelease, rollbackRelease } from "../../api/modules/releases";

/** How each is asked for. */
export const ACTS = { abort: abortRelease, rollback: rollbackRelease, retry: retryRelease };
export type Consequence = keyof typeof ACTS;

/** The names of the API, as buttons say them. */
export const TITLES: Record<Consequence, string> = { abort: "Abort", rollback: "Roll back", retry: "Retry" };

/** What each of them does, before anybody does it. */
export function effectOf(name: Consequence, release: ReleaseDetail): string {
  const where = `${release.service} in ${release.environment}`;
  switch (name) {
    case "abort":
      return `The rollout of ${release.version} to ${where} stops; the executor takes it back where it can.`;
    case "rollback":
      return `A release of its own brings ${where} back from ${release.version} to the newest version that was stable before.`;
    case "retry":
      return `A release of its own brings ${release.version} to ${where}, by the rules as they are now. It asks for its own votes.`;
  }
}

/** What can be asked for now. */
export function consequences(release: ReleaseDetail): Consequence[] {
  const ended = ["failed", "rejected", "cancelled", "rolled_back"].includes(release.state.status);
  const names: [Consequence, boolean][] = [
    ["abort", release.allowed_commands.includes("abort")],
    ["rollback", release.rollback_candidates.length > 0],
    ["retry", ended && release.kind.type === "deploy"],
  ];
  return names.filter(([, is]) => is).map(([name]) => name);
}
