import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";

import { liftLock, listLocks, type LockDraft, takeLock } from "../../api/modules/governance";
import { Button } from "../../ui/Button";
import { Listed } from "../../ui/Listed";
import { ActionFailure } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { inHours, momentOf } from "./moments";
import { useRefusal } from "./useRefusal";

const LOCKS = ["locks"];

/** Deployments that somebody keeps as they are. */
export function Locks() {
  const locks = useQuery({ queryKey: LOCKS, queryFn: listLocks });
  const lift = useAct(liftLock, LOCKS);
  return (
    <section className="card" aria-labelledby="locks">
      <h2 id="locks">Locks</h2>
      <p className="muted">The deployment stays as it is until its owner lifts the lock or it expires; rollbacks wait too.</p>
      <Listed what="the locks" query={locks} none="None: nobody holds a deployment.">
        {(items) => (
          <ul className="rows">
            {items.map((lock) => (
              <li key={lock.id}>
                <strong>{lock.deployment}</strong>
                <span>{lock.reason}</span>
                <span className="muted small">{lock.owner}, expires <Time at={lock.expires_at} /></span>
                <Button quiet onPress={() => lift.mutate(lock)} pending={lift.isPending && lift.variables.id === lock.id}>Lift</Button>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <ActionFailure error={lift.error} />
      <LockForm />
    </section>
  );
}

function LockForm() {
  const [deployment, setDeployment] = useState("");
  const [expires, setExpires] = useState(() => inHours(4));
  const [reason, setReason] = useState("");
  const refusal = useRefusal("lock.write");
  const take = useAct(({ draft, key }: { draft: LockDraft; key: string }) => takeLock(draft, key), LOCKS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const draft: LockDraft = { deployment: deployment.trim(), expires_at: momentOf(expires), reason: reason.trim() };
    take.mutate({ draft, key: crypto.randomUUID() }, { onSuccess: () => setReason("") });
  };
  const missing = deployment.trim() && reason.trim() ? undefined : "Name the deployment and say why first.";
  return (
    <form className="vote-form" onSubmit={submit}>
      <h3>Lock</h3>
      <TextField value={deployment} onChange={setDeployment} isRequired><Label>Deployment</Label><Input autoComplete="off" spellCheck={false} /></TextField>
      <label className="filter-field">Expires<input type="datetime-local" value={expires} onChange={(event) => setExpires(event.target.value)} required /></label>
      <TextField value={reason} onChange={setReason} isRequired><Label>Reason of the lock</Label><Input /></TextField>
      <Button type="submit" pending={take.isPending} disabledReason={refusal ?? missing}>Take the lock</Button>
      <ActionFailure error={take.error} />
    </form>
  );
}
