import { myTenantPermissions } from "../../api/modules/permissions";
import { putService, type ServiceDraft } from "../../api/modules/services";
import { useTitle } from "../../ui/useTitle";
import { kept, ServiceFields } from "../settings/about";
import { TextMember } from "../settings/fields";
import type { Json } from "../settings/json";
import { parted, saidAtId } from "./ids";
import { type NewKind, NewDraft } from "./NewDraft";

const KIND: NewKind = {
  key: ["new-service"],
  title: "A new service",
  button: "Register the service",
  beginning: {},
  action: "service.put",
  permissions: myTenantPermissions,
  missing: (draft) => {
    const { id, spec } = parted(draft);
    if (id === "") return "Say its id first.";
    return spec["name"] === undefined ? "Say its name first." : undefined;
  },
  save: async (draft, _, dryRun) => kept(await put(draft, dryRun)),
  make: async (draft) => `/services/${(await put(draft, false)).id}`,
  lists: [["services"]],
  Form: ServiceForm,
};

/** Registers what is built and shipped. */
export function RegisterServicePage() {
  useTitle("Register a service");
  return (
    <article>
      <div className="page-head"><h1>Register a service</h1></div>
      <NewDraft kind={KIND} />
    </article>
  );
}

function ServiceForm() {
  return (
    <>
      <TextMember pointer="/id" label="Id" hint="It stands in addresses and never changes: small letters, digits and hyphens." placeholder="shop" />
      <ServiceFields />
    </>
  );
}

function put(draft: Json, dryRun: boolean) {
  const { id, spec } = parted(draft);
  return saidAtId(putService(id, spec as unknown as ServiceDraft, undefined, dryRun));
}
