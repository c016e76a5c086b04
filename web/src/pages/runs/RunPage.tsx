import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { cancelRun, type CiRun, getRun } from "../../api/modules/ciRuns";
import { denied, myPermissionsFor } from "../../api/modules/permissions";
import { Button } from "../../ui/Button";
import { ActionFailure } from "../../ui/states";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";
import { useKeyed } from "../../ui/useKeyed";
import { useTitle } from "../../ui/useTitle";
import { Whole } from "../../ui/Whole";
import { refText } from "./run";
import { RunLog } from "./RunLog";
import { Steps } from "./Steps";

/** One CI run: what was built, by whom, how long each step took, and what it printed. */
export function RunPage() {
  const { id = "" } = useParams();
  const run = useQuery({ queryKey: ["run", id], queryFn: () => getRun(id) });
  useTitle(run.data ? `Run of ${run.data.service}` : "Run");
  return <Whole title="CI run" what="the run" query={run}>{(found) => <Shown run={found} stale={run.isError} />}</Whole>;
}

function Shown({ run, stale }: { run: CiRun; stale: boolean }) {
  const { trigger } = run;
  return (
    <article>
      <header className="release-head">
        <p className="muted"><Link to={`/services/${run.service}`}>{run.service}</Link></p>
        <h1>CI run of <code>{trigger.commit.slice(0, 10)}</code></h1>
        <p><Status status={run.status} /> <span className="muted">{refText(trigger.git_ref)}, asked for by <strong>{trigger.actor}</strong> <Time at={run.created_at} /></span></p>
        {trigger.reason && <blockquote>{trigger.reason}</blockquote>}
        {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      </header>
      <Next run={run} />
      <div className="columns">
        <div><RunLog run={run} /></div>
        <div><Steps run={run} /><Built run={run} /></div>
      </div>
    </article>
  );
}

/** What can be done next with a run. */
function Next({ run }: { run: CiRun }) {
  const client = useQueryClient();
  const permissions = useQuery({ queryKey: ["permissions", "service", run.service], queryFn: () => myPermissionsFor(run.service) });
  const cancel = useKeyed((id: string, key) => cancelRun(id, key), {
    onSettled: () => client.invalidateQueries({ queryKey: ["run", run.id] }),
  });
  const runs = run.status === "queued" || run.status === "running";
  return (
    <section className="commands" aria-label="Commands">
      {run.status === "succeeded" && <Link className="button primary" to={`/services/${run.service}/release?run=${run.id}`}>Release it</Link>}
      {runs && <Button onPress={() => cancel.mutate(run.id)} pending={cancel.isPending} disabledReason={denied(permissions.data, ["ci_run.cancel"])}>Cancel</Button>}
      <ActionFailure error={cancel.error} />
    </section>
  );
}

function Built({ run }: { run: CiRun }) {
  const { source } = run.trigger;
  return (
    <section className="card" aria-labelledby="built">
      <h2 id="built">What is built</h2>
      <dl className="facts">
        <dt>Commit</dt><dd><code>{run.trigger.commit}</code></dd>
        {source?.author && <><dt>Author</dt><dd>{source.author}</dd></>}
        {source?.link && <><dt>Link</dt><dd><SafeLink href={source.link} /></dd></>}
        <dt>Config</dt><dd>revision {run.config_revision}</dd>
        {run.status === "succeeded" && <><dt>Artifact</dt><dd>{run.artifact.name} <code>{run.artifact.digest}</code></dd></>}
      </dl>
    </section>
  );
}

/** A sender's link is one only where it leads to the web: other schemes are shown as text. */
function SafeLink({ href }: { href: string }) {
  return /^https?:\/\//i.test(href) ? <a href={href} rel="noreferrer noopener" target="_blank">{href}</a> : <span>{href}</span>;
}
