import { useQuery } from "@tanstack/react-query";

import { type AuditEvent, type Chain, listEvents } from "../../api/modules/audit";
import type { Verification } from "../../api/rules";
import { Time } from "../../ui/Time";

/** What was verified: an export by its name, and when. */
export interface Checked {
  name: string;
  /** The chain of the host that it is, and not a file's. */
  chain?: Chain;
  at: string;
  verification: Verification;
}

/** What came of a verification, and whether the host's chain is still what was verified. */
export function Verdict({ checked }: { checked: Checked }) {
  const { name, at, verification: { sound, chains, damaged } } = checked;
  const newest = useNewest(checked.chain);
  const head = chains.find(({ chain }) => chain === checked.chain)?.head;
  const since = head && newest ? newest.seq - Number(head.seq) : 0;
  const isOther = head !== undefined && newest !== undefined && since === 0 && newest.hash !== head.hash;
  return (
    <div role="status">
      {sound && !isOther && since <= 0 && <p><span className="status good"><span aria-hidden="true">✓</span>Verified in this browser</span></p>}
      {sound && since > 0 && <p><span className="status idle">Verified up to event {String(head?.seq)}</span> {since === 1 ? "One event has" : `${since} events have`} come since: verify it again.</p>}
      {isOther && <p className="action-failure"><strong>✕ The host shows another event {newest.seq} than the one that was verified.</strong></p>}
      <p className="muted small">{name}, <Time at={at} /></p>
      {chains.length === 0 && !damaged && <p className="muted">There is no event in it: nothing was verified.</p>}
      {damaged && <p className="action-failure">Line {damaged.line} can't be read: {damaged.message}</p>}
      <Chains chains={chains} />
      {sound && <p className="muted small">Keep that hash elsewhere: without one that was kept, nobody can tell whether the end is missing or all of it was made anew.</p>}
    </div>
  );
}

function Chains({ chains }: { chains: Verification["chains"] }) {
  return (
    <ul>
      {chains.map(({ chain, tenant, verified, head, error }) => (
        <li key={`${tenant} ${chain}`}>
          {error
            ? <p className="action-failure"><strong>✕ {tenant}, {chain}: broken at event {error.seq}.</strong> {error.message}</p>
            : <p>{tenant}, {chain}: {verified} events up to {head.seq}, whose hash is <code>{head.hash}</code></p>}
        </li>
      ))}
    </ul>
  );
}

/** The newest event that the host shows of a chain, as news come. */
function useNewest(chain: Chain | undefined): AuditEvent | undefined {
  const newest = useQuery({
    queryKey: ["audit", "newest", chain],
    queryFn: () => listEvents({ chain: chain ?? "ledger" }, { limit: 1 }),
    enabled: chain !== undefined,
  });
  return newest.data?.items[0];
}
