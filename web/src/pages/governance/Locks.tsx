import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";

import { liftLock, listLocks, type Lock, type LockDraft, takeLock } from "../../api/modules/governance";
import { useSession } from "../../app/session";
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

const LOCKS = ["locks"];

/** Deployments that somebody keeps as they are. */
export function Locks() {
  const locks = usePages(LOCKS, listLocks);
  return (
    <section className="card" aria-labelledby="locks">
      <h2 id="locks">Locks</h2>
      <p className="muted">The deployment stays as it is until its owner lifts the lock or it expires; rollbacks wait too.</p>
      <Listed what="the locks" pages={locks} none="None: nobody holds a deployment.">
        {(items) => <ul className="rows">{items.map((lock) => <Row key={lock.id} lock={lock} />)}</ul>}
      </Listed>
      <LockForm />
    </section>
  );
}

function Row({ lock }: { lock: Lock }) {
  const { principal } = useSession();
  const refusal = useRefusal(lock.owner === principal ? "lock.write" : "lock.break", lock.deployment);
  return (
    <li>
      <strong>{lock.deployment}</strong>
      <span>{lock.reason}</span>
      <span className="muted small">{lock.owner}, expires <Time at={lock.expires_at} /></span>
      {isPast(lock.expires_at)
        ? <span className="chip">expired</span>
        : <AskedFirst title="Lift the lock" effect={effectOf(lock, lock.owner === principal)} needsReason act={(why) => liftLock(lock, why)} list={LOCKS} refusal={refusal}>Lift</AskedFirst>}
    </li>
  );
}

function effectOf({ owner, deployment }: Lock, own: boolean): string {
  const starts = `Releases to ${deployment} may start at once.`;
  return own ? starts : `It is ${owner}'s, who wants ${deployment} to stay as it is. ${starts}`;
}

function LockForm() {
  const [deployment, setDeployment] = useState("");
  const [expires, setExpires] = useState(() => inHours(4));
  const [reason, setReason] = useState("");
  const refusal = useRefusal("lock.write", deployment);
  const take = useAct((draft: LockDraft, key) => takeLock(draft, key), LOCKS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const draft: LockDraft = { deployment, expires_at: momentOf(expires), reason: reason.trim() };
    if (!take.isPending) take.mutate(draft, { onSuccess: () => setReason("") });
  };
  const missing = deployment && reason.trim() ? undefined : "Choose the deployment and say why first.";
  return (
    <form className="vote-form" onSubmit={submit}>
      <h3>Lock</h3>
      <DeploymentChoice label="Deployment to lock" value={deployment} onChange={setDeployment} />
      <label className="filter-field">Expires<input type="datetime-local" value={expires} onChange={(event) => setExpires(event.target.value)} required /></label>
      <TextField value={reason} onChange={setReason} isRequired><Label>Reason of the lock</Label><Input /></TextField>
      <Button type="submit" pending={take.isPending} disabledReason={refusal ?? missing}>Take the lock</Button>
      <ActionFailure error={take.error} />
    </form>
  );
}
