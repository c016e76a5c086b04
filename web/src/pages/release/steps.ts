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
export function stepsOf({ state, content }: ReleaseDetail): Step[] {
  const reached = positionOf(state);
  const here = state.status === "executing" ? "current" : "stopped";
  let begin = 0;
  return plannedSteps(content.strategy).map(({ title, note, size }) => {
    const end = begin + size;
    const progress = reached >= end ? "done" : reached >= begin ? here : "ahead";
    begin = end;
    return { title, progress, ...(note !== undefined && { note }) };
  });
}

/** The index in the engine's plan of what happens now, or of where it stopped; beyond its end where it got there. */
function positionOf(state: ReleaseDetail["state"]): number {
  switch (state.status) {
    case "succeeded": return Infinity;
    case "failed": return state.reached ?? -1;
    // Undone by a later release, it had not stopped on its way.
    case "rolled_back": return state.reached ?? (state.cause.code === "undone_by" ? Infinity : -1);
    case "executing": return reachedBy(state);
    default: return -1;
  }
}

/** While it waits, the next step is the one after the pause. */
function reachedBy({ step, phase }: Extract<ReleaseDetail["state"], { status: "executing" }>): number {
  if (phase.phase === "stopping") return phase.reached ?? step;
  return phase.phase === "waiting" ? step - 1 : step;
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
