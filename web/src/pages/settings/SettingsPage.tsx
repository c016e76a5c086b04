import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, NavLink, useParams } from "react-router";

import { type Deployment, listDeployments } from "../../api/modules/services";
import { Empty, Failure, Loading } from "../../ui/states";
import { useTitle } from "../../ui/useTitle";
import { ConfigEditor } from "./ConfigEditor";
import { cdKind, ciKind } from "./kinds";

/** How a service is built, and how its releases reach each place where it runs. */
export function SettingsPage() {
  const { service = "", deployment } = useParams();
  useTitle(`Settings of ${service}`);
  const places = useQuery({ queryKey: ["deployments", service], queryFn: () => listDeployments({ service, limit: 200 }) });
  return (
    <article>
      <div className="page-head"><h1>Settings of <Link to={`/services/${service}`}>{service}</Link></h1></div>
      <nav className="tabs" aria-label="Settings">
        <NavLink to={`/services/${service}/settings`} end>CI</NavLink>
        {places.data?.items.map(({ id, spec }) => <NavLink key={id} to={`/services/${service}/settings/${id}`}>CD: {spec.environment}</NavLink>)}
      </nav>
      {deployment === undefined && <CiSettings service={service} />}
      {deployment !== undefined && places.isPending && <Loading what="the deployments" />}
      {deployment !== undefined && places.error && <Failure error={places.error} retry={() => void places.refetch()} />}
      {deployment !== undefined && places.data && <CdSettings place={places.data.items.find(({ id }) => id === deployment)} />}
    </article>
  );
}

function CiSettings({ service }: { service: string }) {
  const kind = useMemo(() => ciKind(service), [service]);
  return <ConfigEditor key={service} kind={kind} />;
}

function CdSettings({ place }: { place: Deployment | undefined }) {
  const kind = useMemo(() => place && cdKind(place), [place]);
  if (!kind) return <Empty title="It doesn't run there">The service has no such deployment; choose one above.</Empty>;
  return <ConfigEditor key={kind.key.join("/")} kind={kind} />;
}
