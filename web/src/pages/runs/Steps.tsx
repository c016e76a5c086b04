import type { CiRun } from "../../api/modules/ciRuns";
import type { Schema } from "../../api/client";
import { durationText } from "../../ui/duration";
import { endedSteps } from "./run";
import { StepLink } from "./StepLink";

const MARKS: Record<string, string> = { succeeded: "✓", failed: "✕", timed_out: "✕", cancelled: "–" };

/** The steps of the config, with how each one ended, how long it took and its part of the log. */
export function Steps({ run }: { run: CiRun }) {
  const ended = endedSteps(run);
  const isOver = run.status !== "queued" && run.status !== "running";
  return (
    <section className="card" aria-labelledby="steps">
      <h2 id="steps">Steps</h2>
      <table className="steps">
        <thead><tr><th scope="col">Step</th><th scope="col">Ended</th><th scope="col">Took</th></tr></thead>
        <tbody>
          {run.spec.steps.map(({ name }) => {
            const result = ended.find((step) => step.name === name);
            return (
              <tr key={name}>
                <th scope="row">{result?.log ? <StepLink step={name}>{name}</StepLink> : name}</th>
                <td>{result ? <Outcome result={result} /> : <span className="muted">{isOver ? "not run" : "not yet"}</span>}</td>
                <td className="number">{result && durationText(result.duration_ms)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Outcome({ result }: { result: Schema["StepResult"] }) {
  return <><span aria-hidden="true">{MARKS[result.outcome]} </span>{result.outcome.replaceAll("_", " ")}{result.exit_code ? ` (${result.exit_code})` : ""}</>;
}
