import type { Schema } from "../../api/client";

/** Why a rollout stops or ended, in words. */
export function causeText(cause: Schema["FailureCause"] | Schema["RollbackCause"]): string {
  const code = cause.code.replaceAll("_", " ");
  switch (cause.code) {
    case "aborted": return `${code} by ${cause.by}${cause.reason ? `: ${cause.reason}` : ""}`;
    case "step": return `${code} ${cause.step}: ${cause.message}`;
    case "undo_failed": return `${code}: ${cause.message}: ${causeText(cause.why)}`;
    case "went_back": return `${code}: ${causeText(cause.why)}`;
    case "analysis":
    case "reported": return `${code}: ${cause.message}`;
    default: return code;
  }
}

/** Why a rollout waits, where that is not its plan. */
export function waitText(reason: Schema["WaitReason"]): string | undefined {
  switch (reason.code) {
    case "failure": return `It paused because it failed: ${causeText(reason.cause)}`;
    case "inconclusive_analysis": return `The analysis could not tell: ${reason.message}`;
    case "requested": return `Paused by ${reason.by}`;
    case "executor": return "The executor has not answered yet";
    case "handed_over": return "Another host takes it over";
    default: return undefined;
  }
}

/** Whether the rollout waits because something went wrong. */
export function isTrouble(reason: Schema["WaitReason"]): boolean {
  return reason.code === "failure" || reason.code === "inconclusive_analysis";
}

/** Whether the rollout goes on by itself when its executor or another host is there. */
export function goesOnByItself(reason: Schema["WaitReason"]): boolean {
  return reason.code === "executor" || reason.code === "handed_over";
}

/** Why a release never started, in words. */
export function cancelText(reason: Schema["CancelReason"]): string {
  switch (reason.code) {
    case "withdrawn": return `It was withdrawn by ${reason.by}.`;
    case "expired": return "Its time to be approved or to start ran out.";
    case "superseded": return "A newer release was approved and took its place.";
    case "stale": return "Its deployment or CD config changed after it was asked for: what was voted on is no longer what would be rolled out.";
  }
}
