import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Input, Label, TextArea, TextField } from "react-aria-components";
import { useNavigate } from "react-router";

import type { CiRun } from "../../api/modules/ciRuns";
import { createRelease, type ReleaseDraft } from "../../api/modules/releases";
import type { Deployment } from "../../api/modules/services";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ActionFailure } from "../../ui/states";
import { useKeyed } from "../../ui/useKeyed";
import { Artifact } from "./Artifact";
import { draftOf, type Form, missing } from "./draft";
import { startsAtOnce, useTrial } from "./useTrial";

interface Props {
  service: string;
  form: Form;
  change: (change: Partial<Form>) => void;
  runs: CiRun[];
  places: Deployment[];
}

/** The form, and the request. What nobody is asked about and goes to production is confirmed by the service's name. */
export function Fields({ service, form, change, runs, places }: Props) {
  const [asked, setAsked] = useState(false);
  const trial = useTrial(form);
  const ask = useAsk();
  const isProduction = places.some(({ id, spec }) => id === form.deployment && spec.tier === "production");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isProduction && startsAtOnce(trial.data)) setAsked(true);
    // Enter asks for it, too, while the button waits.
    else if (!ask.isPending) ask.mutate(draftOf(form));
  };
  return (
    <>
      <form className="card vote-form" onSubmit={submit}>
        <Artifact form={form} change={change} runs={runs} />
        <label className="field">Where to
          <select value={form.deployment} onChange={({ target }) => change({ deployment: target.value })}>
            {places.map(({ id, spec }) => <option key={id} value={id}>{spec.environment} ({id})</option>)}
          </select>
        </label>
        <TextField value={form.version} onChange={(version) => change({ version })} isRequired><Label>Version</Label><Input autoComplete="off" placeholder="1.4.0" /></TextField>
        <TextField value={form.reason} onChange={(reason) => change({ reason })}><Label>Reason <span className="muted">(optional)</span></Label><TextArea rows={2} /></TextField>
        <div className="actions"><Button type="submit" primary pending={ask.isPending} disabledReason={missing(form)}>Create the release</Button></div>
        {!asked && <ActionFailure error={ask.error} />}
      </form>
      {asked && (
        <ConfirmDialog
          title="Create the release"
          effect={`No vote is asked: ${form.version.trim()} starts to roll out in production as soon as its gates are open.`}
          danger={false}
          confirmation={service}
          pending={ask.isPending}
          error={ask.error}
          onConfirm={() => ask.mutate(draftOf(form))}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

function useAsk() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useKeyed((draft: ReleaseDraft, key) => createRelease(draft, key), {
    onSuccess: (release) => navigate(`/releases/${release.id}`),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["releases"] }), client.invalidateQueries({ queryKey: ["overview"] })]),
  });
}
