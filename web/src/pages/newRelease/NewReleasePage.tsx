import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { type CiRun, listRuns } from "../../api/modules/ciRuns";
import { type Deployment, listDeployments } from "../../api/modules/services";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { useDebounced } from "../../ui/useDebounced";
import { useTitle } from "../../ui/useTitle";
import { ELSEWHERE } from "./draft";
import { Fields } from "./Fields";
import { Preview } from "./Preview";
import { useForm } from "./useForm";

const STILL_MS = 300;

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
      {runs.data && places.data && <Choices key={service} service={service} runs={runs.data.items} places={places.data.items} />}
    </article>
  );
}

interface Choices {
  service: string;
  runs: CiRun[];
  places: Deployment[];
}

function Choices({ service, runs, places }: Choices) {
  const [form, change] = useForm({ run: runs[0]?.id ?? "", deployment: places[0]?.id ?? "" });
  const seen = useDebounced(form, STILL_MS);
  if (places.length === 0) return <Empty title="It runs nowhere yet"><Link to={`/services/${service}/deployment`}>Add a deployment</Link> first: a release needs a place to go to.</Empty>;
  if (runs.length === 0 && !form.run) {
    return (
      <Empty title="Nothing was built yet">
        A release brings what a CI run built. <Link to={`/services/${service}`}>Ask for a run</Link> first, or, where the CD config allows it, <Button quiet onPress={() => change({ run: ELSEWHERE })}>release an artifact from elsewhere</Button>
      </Empty>
    );
  }
  return (
    <div className="columns">
      <div><Fields service={service} form={form} change={change} runs={runs} places={places} /></div>
      <div><Preview service={service} form={seen} /></div>
    </div>
  );
}
