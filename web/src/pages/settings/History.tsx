import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type AuditEvent, type AuditFilter, listEvents } from "../../api/modules/audit";
import { actorText } from "../../ui/actor";
import { changesOf } from "../../ui/changes";
import { ActionFailure } from "../../ui/states";
import { Time } from "../../ui/Time";

/** Who changed it, when, and what. */
export function History({ filter, version }: { filter: AuditFilter; version: number }) {
  const events = useQuery({ queryKey: ["audit", "config", filter, version], queryFn: () => listEvents(filter, { limit: 10 }) });
  return (
    <section className="card" aria-labelledby="history">
      <h2 id="history">Who changed what</h2>
      {events.isPending && <p className="muted" role="status">Loading the history…</p>}
      <ActionFailure error={events.error} />
      {events.data?.items.length === 0 && <p className="muted">No change yet.</p>}
      <ul className="rows">{events.data?.items.map((event) => <Change key={event.seq} event={event} />)}</ul>
      {events.data?.next && <Link to={`/audit?${new URLSearchParams({ ...filter })}`}>All of it, in the audit</Link>}
    </section>
  );
}

function Change({ event }: { event: AuditEvent }) {
  const isFirst = (event.data as { before?: unknown }).before === null;
  const changed = (changesOf(event.data) ?? []).map(({ path }) => path);
  return (
    <li>
      <strong>{actorText(event.actor)}</strong>
      <span>{event.kind.endsWith(".deleted") ? "took it away" : isFirst ? "wrote the first one" : <>changed {changed.length > 3 ? `${changed.length} members` : changed.map((path) => <code key={path}>{path}</code>)}</>}</span>
      <span className="muted small"><Link to={`/audit/${event.chain}/${event.seq}`}>event {event.seq}</Link>, <Time at={event.at} /></span>
    </li>
  );
}
