import { useMemo } from "react";
import { Link, useParams } from "react-router";

import { type DeploymentSpecDraft, putDeployment } from "../../api/modules/services";
import { useTitle } from "../../ui/useTitle";
import { useMember } from "../settings/draft";
import { shown, TextMember } from "../settings/fields";
import { at, type Json } from "../settings/json";
import { stored } from "../settings/kinds";
import { PlaceForm } from "../settings/PlaceForm";
import { parted, saidAtId } from "./ids";
import { type NewKind, NewDraft } from "./NewDraft";

/** Registers a place where a service runs. */
export function NewDeploymentPage() {
  const { service = "" } = useParams();
  useTitle(`New deployment of ${service}`);
  const kind = useMemo(() => deploymentKind(service), [service]);
  return (
    <article>
      <div className="page-head"><h1>New deployment of <Link to={`/services/${service}`}>{service}</Link></h1></div>
      <NewDraft key={service} kind={kind} withJson />
    </article>
  );
}

function deploymentKind(service: string): NewKind {
  return {
    key: ["service", service, "new-deployment"],
    title: "A new deployment",
    button: "Register the deployment",
    beginning: { service, tier: "staging", executor: "command", target: { commands: { apply: { argv: [] } } } },
    action: "deployment.put",
    missing: (draft) => (at(draft, "/environment") === undefined ? "Name the environment first." : undefined),
    save: async (draft, _, dryRun) => stored(await put(draft, dryRun)),
    // Nothing is released there before somebody says how.
    make: async (draft) => `/services/${service}/settings/${(await put(draft, false)).id}`,
    lists: [["deployments"], ["overview"]],
    Form: NewPlaceForm,
  };
}

function NewPlaceForm() {
  const suggested = suggestedId(shown(useMember("/service").value), shown(useMember("/environment").value));
  return (
    <>
      <div className="beside wide">
        <TextMember pointer="/environment" label="Environment" hint="It never changes." placeholder="staging" />
        <TextMember pointer="/id" label="Id (optional)" hint={`It never changes; ${suggested} unless you say another.`} placeholder={suggested} />
      </div>
      <PlaceForm />
    </>
  );
}

function suggestedId(service: string, environment: string): string {
  return `${service}-${environment || "staging"}`;
}

function put(draft: Json, dryRun: boolean) {
  const { id, spec } = parted(draft);
  const named = id || suggestedId(shown(spec["service"]), shown(spec["environment"]));
  return saidAtId(putDeployment(named, spec as unknown as DeploymentSpecDraft, undefined, dryRun));
}
