import { useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense } from "react";

import { loadRules, previewRollout, type PreviewStep } from "../api/rules";
import { ShareChart } from "./charts";

interface Props {
  /** A strategy, or a draft of one. */
  strategy: unknown;
  /** What is shown where the rules refuse it, or can't be loaded. */
  otherwise?: ReactNode;
}

/** The steps that a strategy makes of a rollout, and when each begins at the earliest. */
export function RolloutAxis({ strategy, otherwise = null }: Props) {
  const rules = useQuery({ queryKey: ["rules"], queryFn: loadRules, staleTime: Infinity, gcTime: Infinity });
  const preview = rules.data && previewRollout(strategy);
  if (rules.isPending) return null;
  if (!preview?.valid) return otherwise;
  return (
    <>
      <Suspense fallback={<div className="chart-place" />}><ShareChart steps={preview.value.steps} timeText={timeText} /></Suspense>
      <ol className="axis">
        {preview.value.steps.map((planned, index) => (
          // The order of a plan never changes.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}><span className="axis-time">{planned.earliest_seconds === null ? "later" : timeText(planned.earliest_seconds)}</span><span className="axis-mark" aria-hidden="true" /><span>{titleOf(planned)}</span></li>
        ))}
      </ol>
      <p className="muted small">Times are the earliest: as if putting it there, shifting and judging took none.</p>
    </>
  );
}

/** A time after the start, as `+1:30:00`. */
function timeText(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `+${parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":")}`;
}

/** What a step does, in words. */
function titleOf({ step }: PreviewStep): string {
  if (step === "apply") return "Put it there";
  if (step === "promote") return "Everybody gets it";
  if ("set-weight" in step) return `${step["set-weight"].weight} % of the traffic`;
  if ("analyse" in step) return `Judged by the analysis “${step.analyse.name}”`;
  return step.pause === "manual" ? "Wait until somebody resumes it" : `Wait ${step.pause.seconds} s`;
}
