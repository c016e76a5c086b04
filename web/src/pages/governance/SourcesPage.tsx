import { Link } from "react-router";

import { listSources } from "../../api/modules/sources";
import { Listed } from "../../ui/Listed";
import { Empty } from "../../ui/states";
import { usePages } from "../../ui/usePages";
import { useTitle } from "../../ui/useTitle";
import { GovernanceTabs } from "./GovernancePage";
import { hookUrl } from "./hook";

/** Where events come from that may start runs. */
export function SourcesPage() {
  useTitle("Sources");
  const sources = usePages(["sources"], listSources);
  return (
    <>
      <div className="page-head"><h1>Governance</h1><Link className="button" to="/governance/sources/new">New source</Link></div>
      <GovernanceTabs />
      <Listed what="the sources" pages={sources} none={<Empty title="No source yet">A source lets your forge start CI runs. <Link to="/governance/sources/new">Make one</Link>: its page shows the address that your forge sends to.</Empty>}>
        {(items) => (
          <ul className="cards">
            {items.map((source) => (
              <li key={source.id} className="card">
                <h2><Link to={`/governance/sources/${source.id}`}>{source.name}</Link></h2>
                <p>{source.provider}, shown by {source.scheme}; starts runs of <Link to={`/services/${source.service}`}>{source.service}</Link> on {source.events.join(", ")}</p>
                <p className="muted small"><code>{hookUrl(source)}</code></p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}
