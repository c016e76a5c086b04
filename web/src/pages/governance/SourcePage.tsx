import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { denied, myPermissionsFor } from "../../api/modules/permissions";
import { getSource, listDeliveries, redeliver, type Source, type SourceDelivery } from "../../api/modules/sources";
import { Button } from "../../ui/Button";
import { Listed } from "../../ui/Listed";
import { ActionFailure, Empty } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { usePages } from "../../ui/usePages";
import { useTitle } from "../../ui/useTitle";
import { Whole } from "../../ui/Whole";
import { hookUrl } from "./hook";

/** One source: what it delivered, what came of it and why not. */
export function SourcePage() {
  const { id = "" } = useParams();
  const source = useQuery({ queryKey: ["source", id], queryFn: () => getSource(id) });
  useTitle(source.data?.name ?? "Source");
  return <Whole title="Source" what="the source" query={source}>{(found) => <Shown source={found} stale={source.isError} />}</Whole>;
}

function Shown({ source, stale }: { source: Source; stale: boolean }) {
  const address = `/governance/sources/${source.id}`;
  return (
    <article>
      <header className="page-head">
        <div className="release-head">
          <p className="muted"><Link to="/governance/sources">Sources</Link></p>
          <h1>{source.name}</h1>
          <p className="muted">{source.provider} for <Link to={`/services/${source.service}`}>{source.service}</Link></p>
          {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
        </div>
        <Link className="button" to={`${address}/settings`}>Settings</Link>
      </header>
      <div className="stack">
        <section className="card" aria-labelledby="address">
          <h2 id="address">The address for your forge</h2>
          <p><code>{hookUrl(source)}</code></p>
          <p className="muted small">It posts to it as <code>application/json</code>, and shows by {source.scheme === "token" ? "the token" : "a signature with the secret"} that it is the one.</p>
        </section>
        <Deliveries source={source} />
      </div>
    </article>
  );
}

function Deliveries({ source: { id, service } }: { source: Source }) {
  const permissions = useQuery({ queryKey: ["permissions", "service", service], queryFn: () => myPermissionsFor(service) });
  const refusal = denied(permissions.data, ["source.manage"]);
  const queryKey = ["deliveries", id];
  const pages = usePages(queryKey, (after) => listDeliveries(id, after));
  const again = useAct((delivery: SourceDelivery, key) => redeliver(delivery, key), queryKey);
  return (
    <section className="card" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      <Listed what="the deliveries" pages={pages} none={<Empty title="Nothing was delivered yet">Give the address above to your forge. A delivery whose sender is not verified is counted, but not kept.</Empty>}>
        {(items) => (
          <ul className="rows">
            {items.map((delivery) => (
              <li key={delivery.id}>
                <strong>{delivery.event}</strong><Outcomes delivery={delivery} />
                <span className="muted small"><Time at={delivery.received_at} />{delivery.redeliveries > 0 && `, redelivered ${delivery.redeliveries} ×`}</span>
                <Button quiet onPress={() => again.mutate(delivery)} pending={again.isPending && again.variables.id === delivery.id} disabledReason={refusal}>Redeliver</Button>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <ActionFailure error={again.error} />
    </section>
  );
}

function Outcomes({ delivery }: { delivery: SourceDelivery }) {
  return (
    <span>
      {delivery.changes.map(({ event, outcome }, index) => (
        // The parts of a delivery never change their order.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className="outcome">
          {event && <code>{event.commit.slice(0, 10)}</code>}{" "}
          {outcome.status === "triggered" ? <>✓ <Link to={`/ci-runs/${outcome.run}`}>run</Link></> : <>– {outcome.message}</>}{" "}
        </span>
      ))}
    </span>
  );
}
