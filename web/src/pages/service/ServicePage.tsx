import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { getService } from "../../api/modules/services";
import { Failure, Loading } from "../../ui/states";
import { useTitle } from "../../ui/useTitle";
import { Lane } from "./Lane";
import { Releases } from "./Releases";
import { Runs } from "./Runs";

/** One service: where it runs, what is released, what is built. */
export function ServicePage() {
  const { service: id = "" } = useParams();
  const service = useQuery({ queryKey: ["service", id], queryFn: () => getService(id) });
  useTitle(service.data?.name ?? "Service");
  if (service.isPending) return <Loading what="the service" />;
  if (!service.data) return <Failure whole error={service.error} retry={() => void service.refetch()} />;
  return (
    <article>
      <header className="page-head">
        <div>
          <h1>{service.data.name}</h1>
          {service.data.description && <p className="muted">{service.data.description}</p>}
          {service.isError && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
        </div>
        <p className="actions">
          <Link className="button" to={`/services/${id}/timeline`}>Timeline</Link>
          <Link className="button" to={`/services/${id}/settings`}>Settings</Link>
          <Link className="button primary" to={`/services/${id}/release`}>New release</Link>
        </p>
      </header>
      <div className="stack">
        <Lane service={id} />
        <div className="columns">
          <div><Releases service={id} /></div>
          <div><Runs service={id} /></div>
        </div>
      </div>
    </article>
  );
}
