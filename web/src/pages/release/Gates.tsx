import { useQuery } from "@tanstack/react-query";

import { explainRelease } from "../../api/modules/releases";
import { Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";

/** Every gate's verdict: what stops the release, who can open it, and when it opens by itself. */
export function Gates({ id }: { id: string }) {
  const gates = useQuery({ queryKey: ["release", id, "explain"], queryFn: () => explainRelease(id) });
  return (
    <section className="card" aria-labelledby="gates">
      <h2 id="gates">{gates.data && !gates.data.open ? "Why it doesn't start yet" : "Gates"}</h2>
      {gates.isPending && <Loading what="the gates" />}
      {gates.error && !gates.data && <Failure error={gates.error} retry={() => void gates.refetch()} />}
      <ul className="gates">
        {gates.data?.gates.map((verdict) => (
          <li key={verdict.gate} className={verdict.open ? "open" : "closed"}>
            <strong>{verdict.gate}</strong> <span>{verdict.open ? "✓ open" : "✕ closed"}</span>
            <p>{verdict.reason}</p>
            {!verdict.open && verdict.opened_by.length > 0 && <p className="muted">Can open it: {verdict.opened_by.join(", ")}</p>}
            {verdict.opens_at && <p className="muted">Opens <Time at={verdict.opens_at} /></p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
