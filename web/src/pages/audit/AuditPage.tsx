import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type AuditEvent, type AuditFilter, exportUrl, listEvents } from "../../api/modules/audit";
import { actorText } from "../../ui/actor";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { dayBegins, type Filters, useFilters } from "../../ui/useFilters";
import { useRefusal } from "../../ui/useRefusal";
import { useTitle } from "../../ui/useTitle";
import { AUDIT_FILTERS, AuditFilters } from "./AuditFilters";
import { ChainCheck } from "./ChainCheck";

/** Every event of a chain, as an auditor asks for it. */
export function AuditPage() {
  useTitle("Audit");
  const [filters, setFilter] = useFilters(AUDIT_FILTERS);
  const filter = filterOf(filters);
  const pages = useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam }) => listEvents(filter, pageParam ? { after: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const events = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className="page-head">
        <h1>Audit</h1>
        <Exports filter={filter} />
      </div>
      <ChainCheck key={filter.chain} chain={filter.chain ?? "ledger"} />
      <AuditFilters filters={filters} onChange={setFilter} />
      {pages.isPending && <Loading what="the events" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && events.length === 0 && <NoEvent filtered={Object.keys(filters).some((key) => key !== "chain")} chain={filter.chain ?? "ledger"} />}
      {events.length > 0 && <Events events={events} />}
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>Earlier</Button>}
    </>
  );
}

/** What can be downloaded, or why the host would refuse it. */
function Exports({ filter }: { filter: AuditFilter }) {
  const refusal = useRefusal("audit.read");
  if (refusal !== undefined) return <Button disabledReason={refusal}>Export</Button>;
  return (
    <p className="actions">
      <a className="button" href={exportUrl(filter, "jsonl")} download>Export JSON Lines</a>
      <a className="button" href={exportUrl(filter, "csv")} download>Export CSV</a>
    </p>
  );
}

function NoEvent({ filtered, chain }: { filtered: boolean; chain: "ledger" | "security" }) {
  if (filtered) return <Empty title="No event">None that these filters show. Take one away.</Empty>;
  return <Empty title="No event">{chain === "security" ? "Nobody was denied anything yet." : "Nothing has changed yet."}</Empty>;
}

function filterOf({ from, to, chain, ...rest }: Filters<(typeof AUDIT_FILTERS)[number]>): AuditFilter {
  const since = dayBegins(from);
  const until = dayBegins(to);
  return { ...rest, chain: chain === "security" ? "security" : "ledger", ...(since && { since }), ...(until && { until }) };
}

function Events({ events }: { events: AuditEvent[] }) {
  return (
    <div className="table-frame">
      <table className="events">
        <caption className="sr-only">Events, the newest first</caption>
        <thead><tr><th scope="col" className="number">Seq</th><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">To what</th></tr></thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.seq}>
              <th scope="row" className="number"><Link to={`/audit/${event.chain}/${event.seq}`}>{event.seq}</Link></th>
              <td><Time at={event.at} /></td>
              <td>{actorText(event.actor)}</td>
              <td><code>{event.kind}</code></td>
              <td>{event.subject.kind.replaceAll("_", " ")} {event.subject.id}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
