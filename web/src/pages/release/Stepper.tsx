import { Link } from "react-router";

import type { ReleaseDetail } from "../../api/modules/releases";
import { Time } from "../../ui/Time";
import { type Progress, stepsOf } from "./steps";

const SAID: Record<Progress, string> = { done: "done", current: "now", ahead: "to come", stopped: "stopped" };
const MARKS: Record<Progress, string> = { done: "✓", current: "▶", ahead: "", stopped: "✕" };

/** The rollout's steps as they happen. */
export function Stepper({ release }: { release: ReleaseDetail }) {
  return (
    <section className="card" aria-labelledby="rollout">
      <h2 id="rollout">Rollout</h2>
      <ol className="stepper">
        {stepsOf(release).map((step, index) => (
          // The plan of a release never changes its order.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className={step.progress} aria-current={step.progress === "current" ? "step" : undefined}>
            <span className="mark" aria-hidden="true">{MARKS[step.progress]}</span>
            <div><strong>{step.title}</strong> <span className="sr-only">({SAID[step.progress]})</span>{step.note && <p className="muted">{step.note}</p>}</div>
          </li>
        ))}
      </ol>
      <Standing release={release} />
    </section>
  );
}

/** What the rollout does or waits for, in a sentence. */
function Standing({ release }: { release: ReleaseDetail }) {
  const { state } = release;
  if (state.status === "rolled_back" && state.cause.code === "undone_by") {
    return <p className="standing">It was rolled out, and <Link to={`/releases/${state.cause.release}`}>another release</Link> brought back what ran before.</p>;
  }
  if (state.status === "failed" || state.status === "rolled_back") return <p className="standing bad">{causeOf(state.cause)}</p>;
  if (state.status !== "executing") return null;
  if (state.phase.phase === "waiting") {
    return <p className="standing" role="status">Waiting since <Time at={state.phase.since} />{state.phase.until ? <>, goes on <Time at={state.phase.until} /></> : ": somebody has to resume it"}.</p>;
  }
  return <p className="standing" role="status">{state.phase.phase === "stopping" ? `Stopping: ${causeOf(state.phase.cause)}` : "Running."}</p>;
}

interface Cause {
  code: string;
  message?: string;
  why?: Cause;
}

function causeOf(cause: Cause): string {
  const inner = cause.why ? `: ${causeOf(cause.why)}` : "";
  return `${cause.code.replaceAll("_", " ")}${cause.message ? `: ${cause.message}` : ""}${inner}`;
}
