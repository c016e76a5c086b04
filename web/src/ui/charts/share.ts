import type { PreviewStep } from "../../api/rules";

/** The share of the traffic from a moment on. */
export interface Shift {
  at: number;
  share: number;
}

/** A time in which the rollout waits. */
export interface Wait {
  from: number;
  to: number;
  /** How long; nothing where it lasts until somebody resumes it. */
  seconds?: number;
}

/** A plan as a curve. Places on the time axis are seconds; what nobody can know the length of takes a fixed part of it. */
export interface Curve {
  shifts: Shift[];
  waits: Wait[];
  end: number;
  /** The places whose time is known. */
  known: number[];
}

/** The shortest that a pause without an end is drawn, in seconds. */
const SHORTEST = 30;

/** The curve of a plan; nothing where the plan never waits, because then a list of its steps tells as much. */
export function curveOf(steps: PreviewStep[]): Curve | undefined {
  const timed = steps.reduce((sum, { step }) => sum + secondsOf(step), 0);
  const open = Math.max(SHORTEST, timed / 4);
  const curve: Curve = { shifts: [{ at: 0, share: 0 }], waits: [], end: 0, known: [] };
  let at = 0;
  for (const { step, earliest_seconds } of steps) {
    if (earliest_seconds !== null && !curve.known.includes(at)) curve.known.push(at);
    if (step === "promote") curve.shifts.push({ at, share: 100 });
    else if (step !== "apply" && "set-weight" in step) curve.shifts.push({ at, share: step["set-weight"].weight });
    else if (step !== "apply" && "pause" in step) {
      const seconds = step.pause === "manual" ? undefined : step.pause.seconds;
      const from = at;
      at += seconds ?? open;
      curve.waits.push({ from, to: at, ...(seconds !== undefined && { seconds }) });
    }
  }
  // Where everybody has it, it goes on for a while.
  curve.end = at + Math.max(SHORTEST / 2, at / 8);
  return curve.waits.length > 0 ? curve : undefined;
}

function secondsOf(step: PreviewStep["step"]): number {
  return typeof step === "object" && "pause" in step && step.pause !== "manual" ? step.pause.seconds : 0;
}

/** What the curve tells, in a sentence. */
export function told({ shifts, waits, known }: Curve, timeText: (seconds: number) => string): string {
  const when = (at: number) => (known.includes(at) ? `at ${timeText(at)}` : "later");
  const parts = [
    ...shifts.slice(1).map(({ at, share }) => ({ at, order: 0, text: `${share} % ${when(at)}` })),
    ...waits.map(({ from, seconds }) => ({ at: from, order: 1, text: seconds === undefined ? "a wait until somebody resumes it" : `a wait of ${seconds} s` })),
  ];
  const texts = parts.toSorted((a, b) => a.at - b.at || a.order - b.order).map(({ text }) => text);
  return `The share of the traffic over time: ${texts.join(", ")}.`;
}
