import { Suspense } from "react";
import { Link } from "react-router";

import { type CiRun, listRuns } from "../../api/modules/ciRuns";
import { DurationChart } from "../../ui/charts";
import { durationOf } from "../../ui/charts/durations";
import { durationText } from "../../ui/duration";
import { Listed } from "../../ui/Listed";
import { Empty } from "../../ui/states";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";
import { usePages } from "../../ui/usePages";
import { refText } from "../runs/run";
import { TriggerForm } from "./TriggerForm";

/** The CI runs of a service, the newest first, and a way to ask for one. */
export function Runs({ service }: { service: string }) {
  const runs = usePages(["runs", service], (after) => listRuns(service, { limit: 20, ...(after && { after }) }));
  return (
    <section className="card" aria-labelledby="runs">
      <h2 id="runs">CI runs</h2>
      <TriggerForm service={service} />
      <Listed what="the runs" pages={runs} none={<Empty title="Nothing was built yet">Say <Link to={`/services/${service}/settings`}>how it is built</Link>. Then ask for a run of a commit above, or push to a branch that the CI config names.</Empty>}>
        {(items) => (
          <>
            <Suspense fallback={<div className="chart-place" />}><DurationChart runs={items} /></Suspense>
            <ul className="rows">{items.map((run) => <Run key={run.id} run={run} />)}</ul>
          </>
        )}
      </Listed>
    </section>
  );
}

function Run({ run }: { run: CiRun }) {
  const took = durationOf(run);
  return (
    <li>
      <Link to={`/ci-runs/${run.id}`}><code>{run.trigger.commit.slice(0, 10)}</code></Link>
      <span>{refText(run.trigger.git_ref)}</span>
      <Status status={run.status} />
      <span className="muted small">{took !== undefined && <>took {durationText(took)}, </>}{run.trigger.actor}, <Time at={run.created_at} /></span>
    </li>
  );
}
