import { Link } from "react-router";

import { type DeploymentGlance, overview } from "../../api/modules/overview";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { TextFilter } from "../../ui/TextFilter";
import { useFilters } from "../../ui/useFilters";
import { usePages } from "../../ui/usePages";
import { utc } from "../../ui/Time";
import { useTitle } from "../../ui/useTitle";
import { matrixOf } from "./matrix";
import { Matrix } from "./Matrix";

/** What runs where, what waits, and what needs somebody. */
export function OverviewPage() {
  useTitle("Overview");
  const [{ filter = "" }, setFilter] = useFilters(["filter"] as const);
  const pages = usePages(["overview"], (after) => overview(after ? { after, limit: 200 } : { limit: 200 }));
  const found = pages.items.filter((glance) => matches(glance, filter));
  return (
    <>
      <div className="page-head">
        <h1>Overview</h1>
        <div className="filter"><TextFilter type="search" aria-label="Filter by service, environment or version" placeholder="Filter" value={filter} onChange={(text) => setFilter("filter", text)} /></div>
      </div>
      {pages.isPending && <Loading what="the deployments" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && pages.items.length === 0 && <Empty title="Nothing is deployed yet"><Link to="/register">Register a service</Link>, or open <Link to="/services">one that is there</Link>, and say where it runs. <code>cargo xtask run</code> makes a sample.</Empty>}
      {pages.data && pages.items.length > 0 && found.length === 0 && <Empty title="Nothing matches">No deployment {pages.hasNextPage && "of those that are read so far "}has “{filter}” in its name or version.</Empty>}
      {found.length > 0 && <Matrix matrix={matrixOf(found)} />}
      {pages.data && <p className="muted small">As of <Clock at={pages.dataUpdatedAt} />.{pages.hasNextPage && " Not every deployment is read yet."}</p>}
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More deployments</Button>}
    </>
  );
}

/** When it was read, to the second. */
function Clock({ at }: { at: number }) {
  const date = new Date(at);
  return <time dateTime={date.toISOString()} title={utc(date.toISOString())}>{date.toLocaleTimeString()}</time>;
}

function matches(glance: DeploymentGlance, filter: string): boolean {
  const words = [glance.service, glance.environment, glance.deployment, glance.running?.version ?? "", glance.executing?.version ?? "", ...glance.waiting.map(({ version }) => version)].join(" ");
  return words.toLowerCase().includes(filter.trim().toLowerCase());
}
