import type { ReleaseDetail } from "../../api/modules/releases";

export type Progress = "done" | "current" | "ahead" | "stopped";

export interface Step {
  title: string;
  note?: string;
  progress: Progress;
}

type Strategy = ReleaseDetail["content"]["strategy"];
type CanaryStep = Extract<Strategy, { type: "canary" }>["steps"][number];

/** A step as people see it, and how many steps of the engine's plan (`cicd-core/src/cd/plan.rs`) it stands for. */
interface Planned {
  title: string;
  note?: string;
  size: number;
}

/** What the rollout does, in order, and how far it got. */
export function stepsOf(release: ReleaseDetail): Step[] {
  const reached = positionOf(release.state);
  let begin = 0;
  return plannedSteps(release.content.strategy).map(({ title, note, size }) => {
    const end = begin + size;
    const progress = typeof reached === "string" ? reached : progressAt(reached, begin, end);
    begin = end;
    return { title, progress, ...(note !== undefined && { note }) };
  });
}

/** The index in the engine's plan of what happens now, or what all steps are alike. */
function positionOf(state: ReleaseDetail["state"]): number | Progress {
  if (state.status === "succeeded") return "done";
  // Undone by a later release, it had not stopped on its way.
  if (state.status === "rolled_back" && state.cause.code === "undone_by") return "done";
  if (state.status === "failed" || state.status === "rolled_back") return "stopped";
  if (state.status !== "executing") return "ahead";
  // While it waits, the next step is the one after the pause.
  return state.phase.phase === "waiting" ? state.step - 1 : state.step;
}

function progressAt(reached: number, begin: number, end: number): Progress {
  if (reached >= end) return "done";
  return reached >= begin ? "current" : "ahead";
}

/** What a rollout by `strategy` does, in order. */
export function plannedSteps(strategy: Strategy): Planned[] {
  switch (strategy.type) {
    case "rolling":
      return [{ title: "Replace everywhere", note: `at most ${strategy.max_surge} more, ${strategy.max_unavailable} fewer at a time`, size: 1 }];
    case "blue-green":
      return [{ title: "Start beside what runs", size: 1 }, switching(strategy.promotion)];
    case "canary":
      return [{ title: "Start the canary", size: 1 }, ...strategy.steps.map(canary), { title: "100 %", note: "everybody gets it", size: 1 }];
  }
}

function switching(promotion: Extract<Strategy, { type: "blue-green" }>["promotion"]): Planned {
  if (promotion === "manual") return { title: "Switch", note: "waits for resume", size: 2 };
  const delay = promotion.auto.delay_seconds;
  return delay > 0 ? { title: "Switch", note: `after ${delay} s`, size: 2 } : { title: "Switch", note: "at once", size: 1 };
}

function canary({ weight, pause, analysis }: CanaryStep): Planned {
  const notes = [pauseNote(pause), analysis && `then analysis “${analysis}”`].filter(Boolean);
  return { title: `${weight} %`, note: notes.join(", "), size: 1 + Number(pause !== null) + Number(analysis !== null) };
}

function pauseNote(pause: CanaryStep["pause"]): string {
  if (pause === null) return "no pause";
  return pause === "manual" ? "waits for resume" : `for ${pause.seconds} s`;
}
