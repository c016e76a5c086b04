import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { getSource, listDeliveries, redeliver, type SourceDelivery } from "../../api/modules/sources";
import { Button } from "../../ui/Button";
import { ActionFailure, Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { useTitle } from "../../ui/useTitle";

/** One source: what it delivered, what came of it and why not. */
export function SourcePage() {
  const { id = "" } = useParams();
  const source = useQuery({ queryKey: ["source", id], queryFn: () => getSource(id) });
  useTitle(source.data?.name ?? "Source");
  if (source.isPending) return <Loading what="the source" />;
  if (!source.data) return <Failure error={source.error} retry={() => void source.refetch()} />;
  return (
    <article>
      <header className="release-head">
        <p className="muted"><Link to="/governance/sources">Sources</Link></p>
        <h1>{source.data.name}</h1>
        <p className="muted">{source.data.provider} for <Link to={`/services/${source.data.service}`}>{source.data.service}</Link>, sends to <code>{source.data.hook}</code></p>
      </header>
      <Deliveries id={id} />
    </article>
  );
}

function Deliveries({ id }: { id: string }) {
  const queryKey = ["deliveries", id];
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => listDeliveries(id, pageParam || undefined),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const again = useAct(({ delivery, key }: { delivery: SourceDelivery; key: string }) => redeliver(delivery, key), queryKey);
  const deliveries = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      {pages.isPending && <Loading what="the deliveries" />}
      {pages.error && !pages.data && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && deliveries.length === 0 && <Empty title="Nothing was delivered yet">Point your forge at the address above. A delivery whose sender is not verified is counted, but not kept.</Empty>}
      <ul className="rows">
        {deliveries.map((delivery) => (
          <li key={delivery.id}>
            <strong>{delivery.event}</strong><Outcomes delivery={delivery} />
            <span className="muted small"><Time at={delivery.received_at} />{delivery.redeliveries > 0 && `, redelivered ${delivery.redeliveries} ×`}</span>
            <Button quiet onPress={() => again.mutate({ delivery, key: crypto.randomUUID() })} pending={again.isPending && again.variables.delivery.id === delivery.id}>Redeliver</Button>
          </li>
        ))}
      </ul>
      <ActionFailure error={again.error} />
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>Earlier</Button>}
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
