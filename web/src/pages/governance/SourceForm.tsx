import { Link } from "react-router";

import { listServices } from "../../api/modules/services";
import type { SourceDraft } from "../../api/modules/sources";
import { Choice } from "../../ui/Choice";
import { usePages } from "../../ui/usePages";
import { useMember } from "../settings/draft";
import { ChoiceMember, shown, TextMember } from "../settings/fields";
import { ItemList } from "../settings/ItemList";

const PROVIDERS: [SourceDraft["provider"], string][] = [
  ["github", "GitHub"], ["gitlab", "GitLab"], ["gitea", "Gitea"], ["forgejo", "Forgejo"], ["bitbucket", "Bitbucket"], ["standard-webhooks", "Standard Webhooks"],
];
const EVENTS: [string, string][] = [["push", "pushes"], ["tag", "tags"], ["merge", "merges"]];

/** What somebody says of a source. */
export function SourceForm() {
  return (
    <>
      <TextMember pointer="/name" label="Name" hint="For people." placeholder="Shop on GitHub" />
      <div className="beside">
        <ChoiceMember pointer="/provider" label="Who sends" options={PROVIDERS} />
        <ChoiceMember pointer="/scheme" label="What shows that it is them" hint="A token is for a GitLab that signs nothing." options={[["signature", "a signature"], ["token", "a token"]]} />
      </div>
      <Events />
      <ItemList pointer="/secrets" title="Secrets" item="secret" template={{ secret: "" }} empty="It needs at least one.">
        {(at) => <TextMember pointer={`${at}/secret`} label="Name of the secret" hint="Under which the host keeps it; its value is not typed here." placeholder="shop-hook" />}
      </ItemList>
    </>
  );
}

function Events() {
  const { value, within, set } = useMember("/events");
  const chosen = Array.isArray(value) ? value : [];
  const toggle = (event: string, is: boolean) => set(EVENTS.map(([name]) => name).filter((name) => (name === event ? is : chosen.includes(name))));
  return (
    <fieldset>
      <legend>What may start a run</legend>
      <div className="actions">
        {EVENTS.map(([name, label]) => <label key={name}><input type="checkbox" checked={chosen.includes(name)} onChange={({ target }) => toggle(name, target.checked)} /> {label}</label>)}
      </div>
      {within.map(({ path, code, message }) => <small key={path + code} className="problem">{message}</small>)}
    </fieldset>
  );
}

/** The service whose runs a source starts; it never changes. */
function ServiceMember() {
  const { value, problems, set } = useMember("/service");
  const services = usePages(["services", "choice"], (after) => listServices({ limit: 200, ...(after && { after }) }));
  return (
    <Choice
      label="Starts runs of" what="the services" pages={services} value={shown(value)} onChange={(service) => set(service || undefined)}
      option={({ id, name }) => ({ value: id, label: `${name} (${id})` })}
      none={<><Link to="/register">Register a service</Link> first.</>}
      isInvalid={problems.length > 0}
      said={problems.map(({ code, message }) => <small key={code} className="problem">{message}</small>)}
    />
  );
}

/** The same, and for whom. */
export function NewSourceForm() {
  return (
    <>
      <ServiceMember />
      <SourceForm />
    </>
  );
}
