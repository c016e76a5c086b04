import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";

import { addFreeze, type Freeze, type FreezeDraft, liftFreeze, listFreezes } from "../../api/modules/governance";
import { AskedFirst } from "../../ui/AskedFirst";
import { Button } from "../../ui/Button";
import { Listed } from "../../ui/Listed";
import { ActionFailure } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { usePages } from "../../ui/usePages";
import { useRefusal } from "../../ui/useRefusal";
import { DeploymentChoice } from "./DeploymentChoice";
import { inHours, isPast, momentOf } from "./moments";

const FREEZES = ["freezes"];

/** Intervals in which no deploy starts. */
export function Freezes() {
  const freezes = usePages(FREEZES, listFreezes);
  return (
    <section className="card" aria-labelledby="freezes">
      <h2 id="freezes">Freezes</h2>
      <p className="muted">No deploy starts while one holds. Rollbacks do.</p>
      <Listed what="the freezes" pages={freezes} none="None: deploys may start at any time.">
        {(items) => <ul className="rows">{items.map((freeze) => <Row key={freeze.id} freeze={freeze} />)}</ul>}
      </Listed>
      <FreezeForm />
    </section>
  );
}

function Row({ freeze }: { freeze: Freeze }) {
  const { scope } = freeze;
  const refusal = useFreezeRefusal(scope);
  return (
    <li>
      <strong>{scopeText(scope)}</strong>
      <span>{freeze.reason}</span>
      {!isPast(freeze.from) && <span className="chip">planned</span>}
      <span className="muted small">by {freeze.created_by}, from <Time at={freeze.from} /> until <Time at={freeze.until} /></span>
      {isPast(freeze.until)
        ? <span className="chip">ended</span>
        : <AskedFirst title="Lift the freeze" effect="The deploys that it holds back may start at once." needsReason act={(why) => liftFreeze(freeze, why)} list={FREEZES} refusal={refusal}>Lift</AskedFirst>}
    </li>
  );
}

/** Why the caller may not freeze there. Of a tier alone only the host knows: a role may hold for one. */
function useFreezeRefusal(scope: Freeze["scope"]): string | undefined {
  const refusal = useRefusal("freeze.write", scope.kind === "deployment" ? scope.deployment : undefined);
  return scope.kind === "tier" ? undefined : refusal;
}

function scopeText(scope: Freeze["scope"]): string {
  if (scope.kind === "tenant") return "Everything";
  return scope.kind === "tier" ? `Tier ${scope.tier}` : scope.deployment;
}

function FreezeForm() {
  const [scope, setScope] = useState("production");
  const [deployment, setDeployment] = useState("");
  const [from, setFrom] = useState(() => inHours(0));
  const [until, setUntil] = useState(() => inHours(24));
  const [reason, setReason] = useState("");
  const isOne = scope === "deployment";
  const refusal = useFreezeRefusal(scopeOf(scope, deployment));
  const add = useAct((draft: FreezeDraft, key) => addFreeze(draft, key), FREEZES);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const draft: FreezeDraft = { scope: scopeOf(scope, deployment), from: momentOf(from), until: momentOf(until), reason: reason.trim() };
    if (!add.isPending) add.mutate(draft, { onSuccess: () => setReason("") });
  };
  const missing = isOne && deployment === "" ? "Choose the deployment first." : reason.trim() ? undefined : "Say why first.";
  return (
    <form className="vote-form" onSubmit={submit}>
      <h3>Freeze</h3>
      <div className="filters">
        <label className="filter-field">What
          <select value={scope} onChange={(event) => setScope(event.target.value)}>
            <option value="tenant">Everything</option>
            <option value="production">Tier production</option>
            <option value="staging">Tier staging</option>
            <option value="development">Tier development</option>
            <option value="deployment">One deployment</option>
          </select>
        </label>
        <label className="filter-field">From<input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} required /></label>
        <label className="filter-field">Until<input type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} required /></label>
      </div>
      {isOne && <DeploymentChoice label="Deployment to freeze" value={deployment} onChange={setDeployment} />}
      <TextField value={reason} onChange={setReason} isRequired><Label>Reason of the freeze</Label><Input /></TextField>
      <Button type="submit" pending={add.isPending} disabledReason={refusal ?? missing}>Add the freeze</Button>
      <ActionFailure error={add.error} />
    </form>
  );
}

function scopeOf(choice: string, deployment: string): FreezeDraft["scope"] {
  if (choice === "deployment") return { kind: "deployment", deployment };
  return choice === "production" || choice === "staging" || choice === "development" ? { kind: "tier", tier: choice } : { kind: "tenant" };
}
