import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { listServices } from "../../api/modules/services";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useTitle } from "../../ui/useTitle";

/** Everything that is built and shipped. */
export function ServicesPage() {
  useTitle("Services");
  const pages = useInfiniteQuery({
    queryKey: ["services"],
    queryFn: ({ pageParam }) => listServices(pageParam ? { after: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const services = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className="page-head"><h1>Services</h1></div>
      {pages.isPending && <Loading what="the services" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && services.length === 0 && (
        <Empty title="No service is registered">Register one by the API: <code>PUT /api/v1/services/your-service</code>, then say how it is built and where it runs.</Empty>
      )}
      <ul className="cards">
        {services.map((service) => (
          <li key={service.id} className="card">
            <h2><Link to={`/services/${service.id}`}>{service.name}</Link></h2>
            <p className="muted"><code>{service.id}</code></p>
            {service.description && <p>{service.description}</p>}
            <p className="muted small">changed by {service.updated_by} <Time at={service.updated_at} /></p>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More services</Button>}
    </>
  );
}
