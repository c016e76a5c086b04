import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, NavLink, useParams } from "react-router";

import { type Deployment, listDeployments } from "../../api/modules/services";
import { Empty, Failure, Loading } from "../../ui/states";
import { useTitle } from "../../ui/useTitle";
import { serviceKind } from "./about";
import { ConfigEditor } from "./ConfigEditor";
import { cdKind, ciKind, type EditorKind } from "./kinds";
import { placeKind } from "./place";

/** What a service is called. */
export function AboutPage() {
  return <SettingsPage about />;
}

/** How a service is built, and how its releases reach each place where it runs. */
export function SettingsPage({ about = false }: { about?: boolean }) {
  const { service = "", deployment, part } = useParams();
  useTitle(`Settings of ${service}`);
  const places = useQuery({ queryKey: ["deployments", service], queryFn: () => listDeployments({ service, limit: 200 }) });
  return (
    <article>
      <div className="page-head"><h1>Settings of <Link to={`/services/${service}`}>{service}</Link></h1></div>
      <nav className="tabs" aria-label="Settings">
        <NavLink to={`/services/${service}/about`}>About</NavLink>
        <NavLink to={`/services/${service}/settings`} end>CI</NavLink>
        {places.data?.items.map(({ id, spec }) => <NavLink key={id} to={`/services/${service}/settings/${id}`}>CD: {spec.environment}</NavLink>)}
        <Link to={`/services/${service}/deployment`}>Add a deployment</Link>
      </nav>
      {about && <Edited service={service} kindOf={serviceKind} />}
      {!about && deployment === undefined && <Edited service={service} kindOf={ciKind} />}
      {deployment !== undefined && places.isPending && <Loading what="the deployments" />}
      {deployment !== undefined && places.error && !places.data && <Failure error={places.error} retry={() => void places.refetch()} />}
      {deployment !== undefined && places.data && <PlaceSettings place={places.data.items.find(({ id }) => id === deployment)} part={part} />}
    </article>
  );
}

function Edited({ service, kindOf }: { service: string; kindOf: (service: string) => EditorKind }) {
  const kind = useMemo(() => kindOf(service), [service, kindOf]);
  return <ConfigEditor key={kind.key.join("/")} kind={kind} />;
}

/** A deployment's settings are two: how releases reach it, and what it is. */
function PlaceSettings({ place, part }: { place: Deployment | undefined; part: string | undefined }) {
  const kind = useMemo(() => place && (part === "place" ? placeKind(place) : cdKind(place)), [place, part]);
  if (!place || !kind) return <Empty title="It doesn't run there">The service has no such deployment; choose one above.</Empty>;
  const address = `/services/${place.spec.service}/settings/${place.id}`;
  return (
    <>
      <nav className="tabs" aria-label={`Settings of ${place.id}`}>
        <NavLink to={address} end>How releases reach it</NavLink>
        <NavLink to={`${address}/place`}>What it is</NavLink>
      </nav>
      <ConfigEditor key={kind.key.join("/")} kind={kind} />
    </>
  );
}
