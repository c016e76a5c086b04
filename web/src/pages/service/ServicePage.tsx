import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { getService, type Service } from "../../api/modules/services";
import { useTitle } from "../../ui/useTitle";
import { Whole } from "../../ui/Whole";
import { Lane } from "./Lane";
import { Releases } from "./Releases";
import { Runs } from "./Runs";

/** One service: where it runs, what is released, what is built. */
export function ServicePage() {
  const { service: id = "" } = useParams();
  const service = useQuery({ queryKey: ["service", id], queryFn: () => getService(id) });
  useTitle(service.data?.name ?? "Service");
  return <Whole title={id} what="the service" query={service}>{(found) => <Shown service={found} stale={service.isError} />}</Whole>;
}

function Shown({ service: { id, name, description }, stale }: { service: Service; stale: boolean }) {
  return (
    <article>
      <header className="page-head">
        <div>
          <h1>{name}</h1>
          {description && <p className="muted">{description}</p>}
          {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
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
