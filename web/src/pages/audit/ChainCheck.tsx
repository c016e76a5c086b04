import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { verifyChain } from "../../api/chain";
import { type Chain, exportedChain } from "../../api/modules/audit";
import { Button } from "../../ui/Button";
import { ActionFailure } from "../../ui/states";
import { useRefusal } from "../../ui/useRefusal";
import { type Checked, Verdict } from "./Verdict";

interface Export {
  name: string;
  /** The chain that the host gave; nothing where a file was opened. */
  chain?: Chain;
  read: () => Promise<string>;
}

/** Computes every hash of a chain anew, in this browser: the host's word is not taken for it. */
export function ChainCheck({ chain }: { chain: Chain }) {
  const left = useRef<AbortController>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    left.current = leaving;
    return () => leaving.abort();
  }, []);
  const refusal = useRefusal("audit.read");
  const check = useMutation({
    mutationFn: async ({ read, ...of }: Export): Promise<Checked> => {
      const verification = await verifyChain(await read(), left.current?.signal ?? AbortSignal.abort());
      return { ...of, verification, at: new Date().toISOString() };
    },
    retry: false,
  });
  const verifyHosts = () => check.mutate({ name: "the host's export", chain, read: () => exportedChain(chain) });
  return (
    <section className="card chain-check" aria-labelledby="chain-check">
      <h2 id="chain-check">Is it whole and unaltered?</h2>
      <div className="actions">
        <Button onPress={verifyHosts} pending={check.isPending} disabledReason={refusal}>Verify this chain in the browser</Button>
        <label className="filter-field">or an export from a file
          <input type="file" accept=".jsonl,.json,.txt" onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) check.mutate({ name: file.name, read: () => file.text() });
            // So that the same file, changed, can be chosen again.
            event.target.value = "";
          }} />
        </label>
      </div>
      {check.data && <Verdict checked={check.data} />}
      <ActionFailure error={check.error} />
    </section>
  );
}
