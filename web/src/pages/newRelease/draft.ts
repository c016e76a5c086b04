import type { ReleaseDraft } from "../../api/modules/releases";

/** What the form holds, as texts. */
export interface Form {
  run: string;
  deployment: string;
  version: string;
  reason: string;
}

/** What is still missing, in words; nothing when the host can be asked. */
export function missing(form: Form): string | undefined {
  if (!form.run) return "Choose a run first.";
  if (!form.deployment) return "Choose where to first.";
  return form.version.trim() ? undefined : "Name the version first.";
}

export function draftOf({ run, deployment, version, reason }: Form): ReleaseDraft {
  const said = reason.trim();
  return { deployment, artifact: { ci_run: run }, version: version.trim(), ...(said && { reason: said }) };
}
