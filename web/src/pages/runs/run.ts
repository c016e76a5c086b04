import type { CiRun } from "../../api/modules/ciRuns";

type GitRef = CiRun["trigger"]["git_ref"];

/** How a commit was named, in a word or two. */
export function refText(ref: GitRef): string {
  return ref.type === "commit" ? "a commit" : `${ref.type} ${ref.name}`;
}

/** A duration as people say it. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
