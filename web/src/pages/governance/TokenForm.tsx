import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";

import { createToken, type TokenDraft } from "../../api/modules/access";
import { Button } from "../../ui/Button";
import { ActionFailure } from "../../ui/states";
import { useAct } from "../../ui/useAct";
import { useRefusal } from "../../ui/useRefusal";
import { ROLES } from "./roles";

/** Makes a token and shows its text, this once. */
export function TokenForm() {
  const [principal, setPrincipal] = useState("");
  const [kind, setKind] = useState<"person" | "service_account">("person");
  const [role, setRole] = useState<string>("viewer");
  const [days, setDays] = useState("90");
  const refusal = useRefusal("token.manage");
  const create = useAct((draft: TokenDraft, key) => createToken(draft, key), ["tokens"]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Enter asks for it, too, while the button waits.
    if (!create.isPending) create.mutate({ principal: principal.trim(), kind, roles: [role], expires_in_days: Number(days) });
  };
  return (
    <form className="vote-form" onSubmit={submit}>
      <h3>Make a token</h3>
      <div className="filters">
        <TextField value={principal} onChange={setPrincipal} isRequired><Label>For whom</Label><Input autoComplete="off" spellCheck={false} /></TextField>
        <label className="filter-field">Kind
          <select value={kind} onChange={(event) => setKind(event.target.value === "person" ? "person" : "service_account")}><option value="person">Person</option><option value="service_account">Service account</option></select>
        </label>
        <label className="filter-field">Limited to<select value={role} onChange={(event) => setRole(event.target.value)}>{ROLES.map((name) => <option key={name}>{name}</option>)}</select></label>
        <label className="filter-field">Days<input type="number" min={1} max={366} value={days} onChange={(event) => setDays(event.target.value)} required /></label>
      </div>
      <p className="muted small">With it they get the role in the whole tenant, unless they hold it somewhere already. One for somebody else takes the right to give roles, too.</p>
      <Button type="submit" pending={create.isPending} disabledReason={refusal ?? (principal.trim() ? undefined : "Say for whom first.")}>Make the token</Button>
      <ActionFailure error={create.error} />
      {create.data && <Told text={create.data.token ?? undefined} />}
    </form>
  );
}

/** A token's text; the host tells it once, and never again to a request that is repeated. */
function Told({ text }: { text: string | undefined }) {
  if (text === undefined) return <p className="action-failure" role="status">This token was made before, and the answer with its text was lost. It can't be shown again: revoke it and make another.</p>;
  return <p className="told-once" role="status">Its text, shown this once: <code>{text}</code></p>;
}
