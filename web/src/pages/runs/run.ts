import type { CiRun } from "../../api/modules/ciRuns";
import type { Schema } from "../../api/client";

type GitRef = CiRun["trigger"]["git_ref"];

/** How a commit was named, in a word or two. */
export function refText(ref: GitRef): string {
  return ref.type === "commit" ? "a commit" : `${ref.type} ${ref.name}`;
}

/** The steps of the last attempt that have ended. */
export function endedSteps(run: CiRun): Schema["StepResult"][] {
  return "steps" in run ? run.steps : [];
}
