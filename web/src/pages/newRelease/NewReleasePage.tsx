import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue } from "react";
import { Input, Label, TextArea, TextField } from "react-aria-components";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { type CiRun, listRuns } from "../../api/modules/ciRuns";
import { createRelease, type ReleaseDraft } from "../../api/modules/releases";
import { type Deployment, listDeployments } from "../../api/modules/services";
import { Button } from "../../ui/Button";
import { ActionFailure, Empty, Failure, Loading } from "../../ui/states";
import { relative } from "../../ui/Time";
import { useKeyed } from "../../ui/useKeyed";
import { useTitle } from "../../ui/useTitle";
import { refText } from "../runs/run";
import { draftOf, type Form, missing } from "./draft";
import { Preview } from "./Preview";

/** Asks for a release: what, where to, under which name and why; and shows beforehand what would come of it. */
export function NewReleasePage() {
  const { service = "" } = useParams();
  useTitle(`New release of ${service}`);
  const runs = useQuery({ queryKey: ["runs", service, "succeeded"], queryFn: () => listRuns(service, { status: "succeeded", limit: 50 }) });
  const places = useQuery({ queryKey: ["deployments", service], queryFn: () => listDeployments({ service, limit: 200 }) });
  const failed = runs.data && places.data ? undefined : (runs.error ?? places.error);
  return (
    <article>
      <div className="page-head"><h1>New release of <Link to={`/services/${service}`}>{service}</Link></h1></div>
      {failed && <Failure error={failed} retry={() => void Promise.all([runs.refetch(), places.refetch()])} />}
      {!failed && (!runs.data || !places.data) && <Loading what="what can be released" />}
      {runs.data && places.data && <Choices service={service} runs={runs.data.items} places={places.data.items} />}
    </article>
  );
}

interface Choices {
  service: string;
  runs: CiRun[];
  places: Deployment[];
}

function Choices({ service, runs, places }: Choices) {
  const [params, setParams] = useSearchParams();
  const form: Form = {
    run: params.get("run") ?? runs[0]?.id ?? "",
    deployment: params.get("deployment") ?? places[0]?.id ?? "",
    version: params.get("version") ?? "",
    reason: params.get("reason") ?? "",
  };
  const change = (key: keyof Form) => (value: string) =>
    setParams((before) => { before.set(key, value); return before; }, { replace: true });
  const seen = useDeferredValue(form);
  if (places.length === 0) return <Empty title="It runs nowhere yet"><Link to={`/services/${service}/deployment`}>Add a deployment</Link> first: a release needs a place to go to.</Empty>;
  if (runs.length === 0 && !form.run) return <Empty title="Nothing was built yet">A release brings what a CI run built. <Link to={`/services/${service}`}>Ask for a run</Link> first.</Empty>;
  return (
    <div className="columns">
      <div><Fields form={form} change={change} runs={runs} places={places} /></div>
      <div><Preview service={service} form={seen} /></div>
    </div>
  );
}

interface FieldsProps {
  form: Form;
  change: (key: keyof Form) => (value: string) => void;
  runs: CiRun[];
  places: Deployment[];
}

function Fields({ form, change, runs, places }: FieldsProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const ask = useKeyed((draft: ReleaseDraft, key) => createRelease(draft, key), {
    onSuccess: (release) => navigate(`/releases/${release.id}`),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["releases"] }), client.invalidateQueries({ queryKey: ["overview"] })]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Enter asks for it, too, while the button waits.
    if (!ask.isPending) ask.mutate(draftOf(form));
  };
  return (
    <form className="card vote-form" onSubmit={submit}>
      <label className="field">What
        <select value={form.run} onChange={(event) => change("run")(event.target.value)}><RunOptions runs={runs} chosen={form.run} /></select>
      </label>
      <label className="field">Where to
        <select value={form.deployment} onChange={(event) => change("deployment")(event.target.value)}>
          {places.map(({ id, spec }) => <option key={id} value={id}>{spec.environment} ({id})</option>)}
        </select>
      </label>
      <TextField value={form.version} onChange={change("version")} isRequired><Label>Version</Label><Input autoComplete="off" placeholder="1.4.0" /></TextField>
      <TextField value={form.reason} onChange={change("reason")}><Label>Reason <span className="muted">(optional)</span></Label><TextArea rows={2} /></TextField>
      <div className="actions"><Button type="submit" primary pending={ask.isPending} disabledReason={missing(form)}>Create the release</Button></div>
      <ActionFailure error={ask.error} />
    </form>
  );
}

function RunOptions({ runs, chosen }: { runs: CiRun[]; chosen: string }) {
  return (
    <>
      {!runs.some(({ id }) => id === chosen) && <option value={chosen}>run {chosen}</option>}
      {runs.map((run) => (
        <option key={run.id} value={run.id}>{run.trigger.commit.slice(0, 10)}, {refText(run.trigger.git_ref)}, {relative(run.created_at)}</option>
      ))}
    </>
  );
}
