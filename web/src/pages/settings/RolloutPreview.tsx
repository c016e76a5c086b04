import { useQuery } from "@tanstack/react-query";

import { loadRules, previewRollout, type PreviewStep } from "../../api/rules";
import { at, type Json } from "./json";

/** The steps that a strategy makes of a rollout, and when each begins at the earliest; nothing where there is none, or a wrong one. */
export function RolloutPreview({ strategyOf }: { strategyOf: Json }) {
  const rules = useQuery({ queryKey: ["rules"], queryFn: loadRules, staleTime: Infinity, gcTime: Infinity });
  const strategy = at(strategyOf, "/strategy");
  const preview = rules.data && strategy !== undefined ? previewRollout(strategy) : undefined;
  if (!preview?.valid) return null;
  return (
    <section className="card" aria-labelledby="rollout-preview">
      <h2 id="rollout-preview">The rollout, step by step</h2>
      <ol className="axis">
        {preview.value.steps.map((planned, index) => (
          // The order of a plan never changes.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}><span className="axis-time">{timeOf(planned)}</span><span className="axis-mark" aria-hidden="true" /><span>{titleOf(planned)}</span></li>
        ))}
      </ol>
      <p className="muted small">Times are the earliest: as if putting it there, shifting and judging took none.</p>
    </section>
  );
}

/** When a step begins, as `+1:30:00`. */
export function timeOf({ earliest_seconds: seconds }: PreviewStep): string {
  if (seconds === null) return "later";
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `+${parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":")}`;
}

/** What a step does, in words. */
export function titleOf({ step }: PreviewStep): string {
  if (step === "apply") return "Put it there";
  if (step === "promote") return "Everybody gets it";
  if ("set-weight" in step) return `${step["set-weight"].weight} % of the traffic`;
  if ("analyse" in step) return `Judged by the analysis “${step.analyse.name}”`;
  return step.pause === "manual" ? "Wait until somebody resumes it" : `Wait ${step.pause.seconds} s`;
}
