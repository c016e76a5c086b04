import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { type AuditEvent, type Chain, getEvent } from "../../api/modules/audit";
import { actorText } from "../../ui/actor";
import { changesOf } from "../../ui/changes";
import { DiffTable } from "../../ui/DiffTable";
import { Time } from "../../ui/Time";
import { useTitle } from "../../ui/useTitle";
import { Whole } from "../../ui/Whole";

/** One event: its facts, what it changed, and its place in its chain. */
export function EventPage() {
  const { chain = "", seq = "" } = useParams();
  const of = chain === "security" ? "security" : "ledger";
  useTitle(`Event ${seq}`);
  const event = useQuery({ queryKey: ["event", of, seq], queryFn: () => getEvent(of, seq) });
  return <Whole title={`Event ${seq}`} what="the event" query={event}>{(found) => <Shown event={found} of={of} />}</Whole>;
}

function Shown({ event, of }: { event: AuditEvent; of: Chain }) {
  return (
    <article>
      <header className="release-head">
        <p className="muted"><Link to={of === "security" ? "/audit?chain=security" : "/audit"}>Audit</Link></p>
        <h1>Event {event.seq}: <code>{event.kind}</code></h1>
        <p className="muted">{actorText(event.actor)}, <Time at={event.at} /> (<code>{event.at}</code>)</p>
      </header>
      <div className="columns">
        <div><Payload event={event} /></div>
        <div><Place event={event} /></div>
      </div>
    </article>
  );
}

/** What it changed, member by member, where it tells before and after; else its facts. */
function Payload({ event }: { event: AuditEvent }) {
  const changes = changesOf(event.data);
  return (
    <section className="card" aria-labelledby="payload">
      <h2 id="payload">{changes ? "What changed" : "Facts"}</h2>
      {changes && changes.length > 0 && <DiffTable changes={changes} />}
      {changes?.length === 0 && <p className="muted">Nothing but its version.</p>}
      <details open={!changes}>
        <summary>As it is stored</summary>
        {/* Reachable by keyboard, because it scrolls. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className="log" tabIndex={0} aria-label="The event's data">{JSON.stringify(event.data, null, 2)}</pre>
      </details>
    </section>
  );
}

function Place({ event }: { event: AuditEvent }) {
  const { subject } = event;
  return (
    <section className="card" aria-labelledby="place">
      <h2 id="place">Its place</h2>
      <dl className="facts">
        <dt>Chain</dt><dd>{event.chain}</dd>
        <dt>About</dt><dd>{subject.kind.replaceAll("_", " ")} {subject.id}</dd>
        {subject.release && <><dt>Release</dt><dd><Link to={`/releases/${subject.release}`}>{subject.release}</Link></dd></>}
        {subject.run && <><dt>CI run</dt><dd><Link to={`/ci-runs/${subject.run}`}>{subject.run}</Link></dd></>}
        {subject.service && <><dt>Service</dt><dd><Link to={`/services/${subject.service}`}>{subject.service}</Link></dd></>}
        {event.request_id && <><dt>Request</dt><dd><code>{event.request_id}</code></dd></>}
        <dt>Previous</dt><dd><code>{event.previous}</code></dd>
        <dt>Hash</dt><dd><code>{event.hash}</code></dd>
      </dl>
    </section>
  );
}
