import type { CiRun } from "../../api/modules/ciRuns";

type GitRef = CiRun["trigger"]["git_ref"];

/** How a commit was named, in a word or two. */
export function refText(ref: GitRef): string {
  return ref.type === "commit" ? "a commit" : `${ref.type} ${ref.name}`;
}
