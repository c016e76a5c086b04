import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { listDeployments } from "../../api/modules/services";
import { isEntry, isGroup, serviceTimeline, type TimelineItem } from "../../api/modules/timeline";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { dayBegins, type Filters, useFilters } from "../../ui/useFilters";
import { usePages } from "../../ui/usePages";
import { useTitle } from "../../ui/useTitle";
import { Entries } from "./Entries";
import { Group } from "./Group";
import { lanesOf } from "./lanes";
import { TIMELINE_FILTERS, TimelineFilters } from "./TimelineFilters";

/** What happened around a service: builds, votes, rollouts, rollbacks and rules, with a lane for each environment. */
export function TimelinePage() {
  const { service = "" } = useParams();
  useTitle(`Timeline of ${service}`);
  const [filters, setFilter] = useFilters(TIMELINE_FILTERS);
  const places = useQuery({ queryKey: ["deployments", service], queryFn: () => listDeployments({ service, limit: 200 }) });
  const pages = useTimeline(service, filters);
  const lanes = lanesOf(places.data?.items ?? []);
  return (
    <article>
      <div className="page-head"><h1>Timeline of <Link to={`/services/${service}`}>{service}</Link></h1></div>
      <TimelineFilters filters={filters} environments={lanes.environments} onChange={setFilter} />
      {pages.isPending && <Loading what="the timeline" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && pages.items.length === 0 && <Nothing service={service} isFiltered={narrows(filters)} />}
      <Items items={pages.items} lanes={lanes} />
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>Earlier</Button>}
    </article>
  );
}

/** Whether filters may hide something; how it is shown hides nothing. */
function narrows(filters: Filters<(typeof TIMELINE_FILTERS)[number]>): boolean {
  return Object.keys(filters).some((key) => key !== "group");
}

function Nothing({ service, isFiltered }: { service: string; isFiltered: boolean }) {
  if (isFiltered) return <Empty title="Nothing happened">Nothing that these filters show. Take one away.</Empty>;
  return <Empty title="Nothing happened yet"><Link to={`/services/${service}`}>Build and release something</Link>, and it is told here.</Empty>;
}

function useTimeline(service: string, { from, to, group, ...rest }: Filters<(typeof TIMELINE_FILTERS)[number]>) {
  const since = dayBegins(from);
  const until = dayBegins(to);
  const query = { ...rest, ...(since && { since }), ...(until && { until }), group: group === "release" ? ("release" as const) : ("none" as const) };
  return usePages(["timeline", service, query], (after) => serviceTimeline(service, { ...query, ...(after && { after }) }));
}

function Items({ items, lanes }: { items: TimelineItem[]; lanes: ReturnType<typeof lanesOf> }) {
  const entries = items.filter(isEntry);
  if (entries.length > 0) return <Entries entries={entries} lanes={lanes} caption="What happened, the newest first" />;
  return <div className="stack">{items.filter(isGroup).map((group) => <Group key={group.entries[0]?.seq} group={group} lanes={lanes} />)}</div>;
}
