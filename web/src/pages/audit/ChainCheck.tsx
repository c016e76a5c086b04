import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { verifyChain } from "../../api/chain";
import { type Chain, exportedChain } from "../../api/modules/audit";
import type { Verification } from "../../api/rules";
import { Button } from "../../ui/Button";
import { ActionFailure } from "../../ui/states";

/** Computes every hash of a chain anew, in this browser: the host's word is not taken for it. */
export function ChainCheck({ chain }: { chain: Chain }) {
  const left = useRef<AbortController>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    left.current = leaving;
    return () => leaving.abort();
  }, []);
  const check = useMutation({
    mutationFn: async (read: () => Promise<string>) => verifyChain(await read(), left.current?.signal ?? AbortSignal.abort()),
    retry: false,
  });
  return (
    <section className="card chain-check" aria-labelledby="chain-check">
      <h2 id="chain-check">Is it whole and unaltered?</h2>
      <div className="actions">
        <Button onPress={() => check.mutate(() => exportedChain(chain))} pending={check.isPending}>Verify this chain in the browser</Button>
        <label className="filter-field">or an export from a file
          <input type="file" accept=".jsonl,.json,.txt" onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) check.mutate(() => file.text());
          }} />
        </label>
      </div>
      {check.data && <Verdict verification={check.data} />}
      <ActionFailure error={check.error} />
    </section>
  );
}

function Verdict({ verification }: { verification: Verification }) {
  const { sound, chains, damaged } = verification;
  return (
    <div role="status">
      {sound && <p><span className="status good"><span aria-hidden="true">✓</span>Verified in this browser</span></p>}
      {chains.length === 0 && !damaged && <p className="muted">There is no event in it: nothing was verified.</p>}
      {damaged && <p className="action-failure">Line {damaged.line} can't be read: {damaged.message}</p>}
      <ul>
        {chains.map(({ chain, tenant, verified, head, error }) => (
          <li key={`${tenant} ${chain}`}>
            {error
              ? <p className="action-failure"><strong>✕ {tenant}, {chain}: broken at event {error.seq}.</strong> {error.message}</p>
              : <p>{tenant}, {chain}: {verified} events up to {head.seq}, whose hash is <code>{head.hash}</code></p>}
          </li>
        ))}
      </ul>
      {sound && <p className="muted small">Keep that hash elsewhere: without one that was kept, nobody can tell whether the end is missing or all of it was made anew.</p>}
    </div>
  );
}
