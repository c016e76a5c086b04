import type { CiRun } from "../../api/modules/ciRuns";
import { durationText } from "../../ui/duration";

const MARKS: Record<string, string> = { succeeded: "✓", failed: "✕", timed_out: "✕", cancelled: "–" };

/** The steps of the config, with how each one ended and how long it took. */
export function Steps({ run }: { run: CiRun }) {
  const ended = "steps" in run ? run.steps : [];
  return (
    <section className="card" aria-labelledby="steps">
      <h2 id="steps">Steps</h2>
      <table className="steps">
        <thead><tr><th scope="col">Step</th><th scope="col">Ended</th><th scope="col">Took</th></tr></thead>
        <tbody>
          {run.spec.steps.map((step) => {
            const result = ended.find(({ name }) => name === step.name);
            return (
              <tr key={step.name}>
                <th scope="row">{step.name}</th>
                <td>{result ? <><span aria-hidden="true">{MARKS[result.outcome]} </span>{result.outcome.replaceAll("_", " ")}{result.exit_code ? ` (${result.exit_code})` : ""}</> : <span className="muted">not yet</span>}</td>
                <td className="number">{result && durationText(result.duration_ms)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
