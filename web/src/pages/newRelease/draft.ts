import type { ReleaseDraft } from "../../api/modules/releases";

/** Stands for a run where the artifact is somebody else's. */
export const ELSEWHERE = "elsewhere";

/** What the form holds, as texts. */
export interface Form {
  /** A CI run, or `ELSEWHERE`. */
  run: string;
  deployment: string;
  version: string;
  reason: string;
  /** Of an artifact that comes from elsewhere. */
  digest: string;
  name: string;
  location: string;
}

export const FIELDS = ["run", "deployment", "version", "reason", "digest", "name", "location"] as const satisfies (keyof Form)[];

/** What is still missing, in words; nothing when the host can be asked. */
export function missing(form: Form): string | undefined {
  if (!form.run) return "Choose a run first.";
  if (form.run === ELSEWHERE && !(form.digest.trim() && form.name.trim() && form.location.trim())) return "Say which artifact first: its digest, its name and where it is.";
  if (!form.deployment) return "Choose where to first.";
  return form.version.trim() ? undefined : "Name the version first.";
}

export function draftOf(form: Form): ReleaseDraft {
  const said = form.reason.trim();
  return { ...trialOf(form), ...(said && { reason: said }) };
}

/** The draft as far as it decides anything: a reason is kept, and changes nothing. */
export function trialOf({ run, deployment, version, ...artifact }: Form): ReleaseDraft {
  const { digest, name, location } = artifact;
  const source = run === ELSEWHERE ? { external: { digest: digest.trim(), name: name.trim(), location: location.trim() } } : { ci_run: run };
  return { deployment, artifact: source, version: version.trim() };
}
