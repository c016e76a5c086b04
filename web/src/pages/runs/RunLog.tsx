import type { CiRun } from "../../api/modules/ciRuns";
import { runLog } from "../../api/modules/logs";
import { LogCard } from "../../ui/log/LogCard";
import { useLog } from "../../ui/log/useLog";
import { useFilters } from "../../ui/useFilters";
import { endedSteps } from "./run";
import { StepLink } from "./StepLink";

/** What the steps of the last attempt printed: all of it, or the part of the step that the address names. */
export function RunLog({ run }: { run: CiRun }) {
  const [{ step }] = useFilters(["step"] as const);
  const live = run.status === "running";
  const attempt = "attempt" in run ? run.attempt : 0;
  // Each attempt has a log of its own.
  const log = useLog(["run", run.id, "log", attempt], (offset) => runLog(run.id, offset), live);
  const range = endedSteps(run).find(({ name }) => name === step)?.log;
  return (
    <LogCard log={log} range={range} live={live}>
      {range && <p>Of the step <strong>{step}</strong>. <StepLink>The whole log</StepLink></p>}
    </LogCard>
  );
}
