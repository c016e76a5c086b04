import type { CiRun } from "../../api/modules/ciRuns";
import { durationText } from "../duration";
import { statusText } from "../status";

/** How long a run took that is over. */
export interface Duration {
  id: string;
  milliseconds: number;
  outcome: Outcome;
}

export type Outcome = "succeeded" | "failed" | "timed_out" | "cancelled";

/** The mark of each outcome, so that a colour never is alone in telling it. */
export const MARKS: Record<Outcome, string> = { succeeded: "✓", failed: "✕", timed_out: "!", cancelled: "–" };

/** How long a run took; nothing while it is under way, or where it never began. */
export function durationOf(run: CiRun): number | undefined {
  if (!("finished_at" in run) || run.started_at === null) return undefined;
  return Date.parse(run.finished_at) - Date.parse(run.started_at);
}

/** The durations of `runs`, which come the newest first; the oldest first. */
export function durationsOf(runs: CiRun[]): Duration[] {
  return runs.flatMap((run) => {
    const milliseconds = durationOf(run);
    return milliseconds === undefined || run.status === "queued" || run.status === "running" ? [] : [{ id: run.id, milliseconds, outcome: run.status }];
  }).toReversed();
}

/** How many ended how, in the order of the marks. */
export function outcomesOf(durations: Duration[]): [Outcome, number][] {
  const outcomes: Outcome[] = ["succeeded", "failed", "timed_out", "cancelled"];
  return outcomes.map((outcome): [Outcome, number] => [outcome, durations.filter((run) => run.outcome === outcome).length]).filter(([, count]) => count > 0);
}

/** What the chart tells, in a sentence. */
export function told(durations: Duration[]): string {
  const all = durations.map(({ milliseconds }) => milliseconds);
  const ended = outcomesOf(durations).map(([outcome, count]) => `${count} ${statusText(outcome).toLowerCase()}`).join(", ");
  const newest = durationText(all.at(-1) ?? 0);
  return `How long the last ${all.length} runs took: from ${durationText(Math.min(...all))} to ${durationText(Math.max(...all))}, the newest ${newest}; ${ended}.`;
}
