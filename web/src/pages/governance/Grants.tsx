import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";

import { giveRole, type Grant, type GrantKey, listGrants, takeBackRole } from "../../api/modules/access";
import { TIERS } from "../../api/modules/governance";
import { AskedFirst } from "../../ui/AskedFirst";
import { Button } from "../../ui/Button";
import { Listed } from "../../ui/Listed";
import { ActionFailure } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { usePages } from "../../ui/usePages";
import { useRefusal } from "../../ui/useRefusal";
import { ROLES } from "./roles";

const GRANTS = ["grants"];

/** The roles that are held, and where. */
export function Grants() {
  const grants = usePages(GRANTS, listGrants);
  return (
    <section className="card" aria-labelledby="grants">
      <h2 id="grants">Roles</h2>
      <Listed what="the roles" pages={grants} none="Nobody holds a role.">
        {(items) => (
          <ul className="rows">
            {items.map((grant) => <Row key={grant.id} grant={grant} />)}
          </ul>
        )}
      </Listed>
      <GrantForm />
    </section>
  );
}

function Row({ grant }: { grant: Grant }) {
  const { principal, role, scope } = grant;
  const refusal = useRefusal("role.manage");
  return (
    <li>
      <strong>{principal}</strong><span>{role}</span><span className="chip">{whereText(scope)}</span>
      <span className="muted small">by {grant.granted_by} <Time at={grant.granted_at} /></span>
      <AskedFirst title={`Take ${role} back`} effect={`${principal} is no ${role} any more (${whereText(scope)}). Votes that were cast with it count no more.`} act={() => takeBackRole(grant)} list={GRANTS} refusal={refusal}>Take back</AskedFirst>
    </li>
  );
}

function whereText({ service, environment, tier }: Grant["scope"]): string {
  const parts = [service && `service ${service}`, environment && `environment ${environment}`, tier && `tier ${tier}`].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "everywhere";
}

function GrantForm() {
  const [principal, setPrincipal] = useState("");
  const [role, setRole] = useState<string>("viewer");
  const [service, setService] = useState("");
  const [environment, setEnvironment] = useState("");
  const [tier, setTier] = useState("");
  const refusal = useRefusal("role.manage");
  const give = useAct((grant: GrantKey, key) => giveRole(grant, key), GRANTS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const known = TIERS.find((name) => name === tier);
    const scope = { ...(service.trim() && { service: service.trim() }), ...(environment.trim() && { environment: environment.trim() }), ...(known && { tier: known }) };
    if (!give.isPending) give.mutate({ principal: principal.trim(), role, scope }, { onSuccess: () => setPrincipal("") });
  };
  return (
    <form className="vote-form" onSubmit={submit}>
      <h3>Give a role</h3>
      <div className="filters">
        <TextField value={principal} onChange={setPrincipal} isRequired><Label>To whom</Label><Input autoComplete="off" spellCheck={false} /></TextField>
        <label className="filter-field">Role<select value={role} onChange={(event) => setRole(event.target.value)}>{ROLES.map((name) => <option key={name}>{name}</option>)}</select></label>
        <TextField value={service} onChange={setService}><Label>Only service</Label><Input placeholder="any" autoComplete="off" /></TextField>
        <TextField value={environment} onChange={setEnvironment}><Label>Only environment</Label><Input placeholder="any" autoComplete="off" /></TextField>
        <label className="filter-field">Only tier
          <select value={tier} onChange={(event) => setTier(event.target.value)}><option value="">any</option>{TIERS.map((name) => <option key={name}>{name}</option>)}</select>
        </label>
      </div>
      <Button type="submit" pending={give.isPending} disabledReason={refusal ?? (principal.trim() ? undefined : "Say to whom first.")}>Give the role</Button>
      <ActionFailure error={give.error} />
    </form>
  );
}
