import { Link } from "react-router";

import type { ReleaseDetail } from "../../api/modules/releases";
import { Time } from "../../ui/Time";
import { cancelText, causeText, goesOnByItself, isTrouble, waitText } from "./causes";
import { type Progress, stepsOf } from "./steps";

const SAID: Record<Progress, string> = { done: "done", current: "now", ahead: "to come", stopped: "stopped here" };
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
    return <p className="standing">{state.reached === null ? "It was rolled out" : "It did not get to its end"}, and <Link to={`/releases/${state.cause.release}`}>another release</Link> brought back what ran before.</p>;
  }
  if (state.status === "failed" || state.status === "rolled_back") {
    return <p className="standing bad">It did not get to its end: {causeText(state.cause)}. The <Link to={`/services/${release.service}/timeline?environment=${encodeURIComponent(release.environment)}`}>timeline</Link> and the log tell the rest.</p>;
  }
  if (state.status === "cancelled") {
    const newer = state.reason.code === "superseded" ? state.reason.by : undefined;
    return <p className="standing">{cancelText(state.reason)}{newer && <> <Link to={`/releases/${newer}`}>The newer one</Link>.</>}</p>;
  }
  if (state.status === "rejected") return <p className="standing bad">It was rejected by {state.by} <Time at={state.at} />.</p>;
  if (state.status !== "executing") return null;
  if (state.phase.phase === "waiting") {
    const { reason, since, until } = state.phase;
    const why = waitText(reason);
    const end = goesOnByItself(reason) ? "" : ": somebody has to resume it";
    return (
      <p className={isTrouble(reason) ? "standing bad" : "standing"} role="status">
        {why && <>{why}. </>}Waiting since <Time at={since} />{until ? <>, goes on <Time at={until} /></> : end}.
      </p>
    );
  }
  return <p className="standing" role="status">{state.phase.phase === "stopping" ? `Stopping: ${causeText(state.phase.cause)}` : "Running."}</p>;
}
