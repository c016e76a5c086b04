import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type CiRun, listRuns } from "../../api/modules/ciRuns";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";
import { refText } from "../runs/run";
import { TriggerForm } from "./TriggerForm";

/** The CI runs of a service, the newest first, and a way to ask for one. */
export function Runs({ service }: { service: string }) {
  const pages = useInfiniteQuery({
    queryKey: ["runs", service],
    queryFn: ({ pageParam }) => listRuns(service, { limit: 20, ...(pageParam && { after: pageParam }) }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const runs = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-labelledby="runs">
      <h2 id="runs">CI runs</h2>
      <TriggerForm service={service} />
      {pages.isPending && <Loading what="the runs" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && runs.length === 0 && <Empty title="Nothing was built yet">Ask for a run of a commit above, or push to a branch that the CI config names.</Empty>}
      <ul className="rows">{runs.map((run) => <Run key={run.id} run={run} />)}</ul>
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More runs</Button>}
    </section>
  );
}

function Run({ run }: { run: CiRun }) {
  return (
    <li>
      <Link to={`/ci-runs/${run.id}`}><code>{run.trigger.commit.slice(0, 10)}</code></Link>
      <span>{refText(run.trigger.git_ref)}</span>
      <Status status={run.status} />
      <span className="muted small">{run.trigger.actor}, <Time at={run.created_at} /></span>
    </li>
  );
}
