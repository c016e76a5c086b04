import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { listSources } from "../../api/modules/sources";
import { Empty, Failure, Loading } from "../../ui/states";
import { useTitle } from "../../ui/useTitle";
import { GovernanceTabs } from "./GovernancePage";

/** Where events come from that may start runs. */
export function SourcesPage() {
  useTitle("Sources");
  const sources = useQuery({ queryKey: ["sources"], queryFn: listSources });
  return (
    <>
      <div className="page-head"><h1>Governance</h1></div>
      <GovernanceTabs />
      {sources.isPending && <Loading what="the sources" />}
      {sources.error && !sources.data && <Failure error={sources.error} retry={() => void sources.refetch()} />}
      {sources.data?.items.length === 0 && <Empty title="No source yet">Make one by the API, <code>POST /api/v1/sources</code>; it answers with the address that your forge sends to.</Empty>}
      <ul className="cards">
        {sources.data?.items.map((source) => (
          <li key={source.id} className="card">
            <h2><Link to={`/governance/sources/${source.id}`}>{source.name}</Link></h2>
            <p>{source.provider}, shown by {source.scheme}; starts runs of <Link to={`/services/${source.service}`}>{source.service}</Link> on {source.events.join(", ")}</p>
            <p className="muted small"><code>{source.hook}</code></p>
          </li>
        ))}
      </ul>
    </>
  );
}
