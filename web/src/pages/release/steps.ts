import type { ReleaseDetail } from "../../api/modules/releases";

export type Progress = "done" | "current" | "ahead" | "stopped";

export interface Step {
  title: string;
  note?: string;
  progress: Progress;
}

type Strategy = ReleaseDetail["content"]["strategy"];

/** What the rollout does, in order, and how far it got. */
export function stepsOf(release: ReleaseDetail): Step[] {
  const planned = plan(release.content.strategy);
  const { state } = release;
  if (state.status === "succeeded") return planned.map((step) => ({ ...step, progress: "done" }));
  if (state.status === "executing") return planned.map((step, index) => ({ ...step, progress: progressAt(index, state.step) }));
  const begun = state.status === "failed" || state.status === "rolled_back";
  return planned.map((step) => ({ ...step, progress: begun ? "stopped" : "ahead" }));
}

function progressAt(index: number, current: number): Progress {
  if (index < current) return "done";
  return index === current ? "current" : "ahead";
}

function plan(strategy: Strategy): Omit<Step, "progress">[] {
  switch (strategy.type) {
    case "rolling":
      return [{ title: "Replace everywhere", note: `at most ${strategy.max_surge} more, ${strategy.max_unavailable} fewer at a time` }];
    case "blue-green":
      return [{ title: "Start beside what runs" }, { title: "Switch", note: strategy.promotion === "manual" ? "waits for promote" : "by itself" }];
    case "canary":
      return [...strategy.steps.map(canary), { title: "100 %", note: "everybody gets it" }];
  }
}

function canary(step: Extract<Strategy, { type: "canary" }>["steps"][number]): Omit<Step, "progress"> {
  const notes = [pauseNote(step.pause), step.analysis && `then analysis “${step.analysis}”`].filter(Boolean);
  return { title: `${step.weight} %`, ...(notes.length > 0 && { note: notes.join(", ") }) };
}

function pauseNote(pause: Extract<Strategy, { type: "canary" }>["steps"][number]["pause"]): string {
  if (pause === null) return "no pause";
  return pause === "manual" ? "waits for resume" : `for ${pause.seconds} s`;
}
