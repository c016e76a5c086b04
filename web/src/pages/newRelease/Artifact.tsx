import { Input, Label, TextField } from "react-aria-components";

import type { CiRun } from "../../api/modules/ciRuns";
import { relative } from "../../ui/Time";
import { refText } from "../runs/run";
import { ELSEWHERE, type Form } from "./draft";

interface Props {
  form: Form;
  change: (change: Partial<Form>) => void;
  runs: CiRun[];
}

/** What is released: what a run built, or where the CD config allows it an artifact from elsewhere, by its digest. */
export function Artifact({ form, change, runs }: Props) {
  const chosen = runs.find(({ id }) => id === form.run);
  const isKnown = chosen !== undefined || form.run === ELSEWHERE;
  return (
    <>
      <label className="field">What
        <select value={form.run} onChange={({ target }) => change({ run: target.value })}>
          {!isKnown && <option value={form.run}>{form.run ? `run ${form.run}` : "Choose…"}</option>}
          {runs.map((run) => <option key={run.id} value={run.id}>{run.trigger.commit.slice(0, 10)}, {refText(run.trigger.git_ref)}, {relative(run.created_at)}</option>)}
          <option value={ELSEWHERE}>An artifact from elsewhere</option>
        </select>
      </label>
      {chosen?.status === "succeeded" && <p className="muted small">Artifact {chosen.artifact.name} <code>{chosen.artifact.digest}</code></p>}
      {form.run === ELSEWHERE && <Elsewhere form={form} change={change} />}
    </>
  );
}

function Elsewhere({ form, change }: Omit<Props, "runs">) {
  return (
    <>
      <TextField value={form.digest} onChange={(digest) => change({ digest })} isRequired><Label>Digest</Label><Input autoComplete="off" spellCheck={false} placeholder="sha256:…" /></TextField>
      <TextField value={form.name} onChange={(name) => change({ name })} isRequired><Label>Name of the artifact</Label><Input autoComplete="off" spellCheck={false} /></TextField>
      <TextField value={form.location} onChange={(location) => change({ location })} isRequired><Label>Where it is</Label><Input autoComplete="off" spellCheck={false} placeholder="registry.example/lighthouse" /></TextField>
    </>
  );
}
