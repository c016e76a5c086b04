import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { getFloor, type PolicyFloor, putFloor, type Tier, TIERS } from "../../api/modules/governance";
import { Button } from "../../ui/Button";
import { ActionFailure, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { useRefusal } from "../../ui/useRefusal";

/** What no CD config can undercut. */
export function Floors() {
  return (
    <section className="card" aria-labelledby="floors">
      <h2 id="floors">Policy floors</h2>
      <p className="muted floors">The votes that a deploy needs at least, whatever its CD config says. The requester's own never counts.</p>
      {TIERS.map((tier) => <Floor key={tier} tier={tier} />)}
    </section>
  );
}

function Floor({ tier }: { tier: Tier }) {
  const floor = useQuery({ queryKey: ["floor", tier], queryFn: () => getFloor(tier) });
  if (floor.isPending) return <Loading what={`the floor of ${tier}`} />;
  if (!floor.data) return <Failure error={floor.error} retry={() => void floor.refetch()} />;
  // A newer version begins the form anew, so that nobody saves over what they have not seen.
  return <FloorForm key={floor.data.row_version} floor={floor.data} />;
}

function FloorForm({ floor }: { floor: PolicyFloor }) {
  const [votes, setVotes] = useState(String(floor.minimum_votes));
  const refusal = useRefusal("policy.put");
  const put = useAct((minimum: number) => putFloor(floor, minimum), ["floor", floor.tier]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!put.isPending) put.mutate(Number(votes));
  };
  const same = Number(votes) === floor.minimum_votes ? "This is what holds now." : undefined;
  return (
    <form className="floor" onSubmit={submit}>
      <label className="filter-field">Votes in {floor.tier}<input type="number" min={0} max={20} value={votes} onChange={(event) => setVotes(event.target.value)} required /></label>
      <Button type="submit" pending={put.isPending} disabledReason={refusal ?? same}>Save</Button>
      <p className="muted small">{floor.updated_by ? <>set by {floor.updated_by} {floor.updated_at && <Time at={floor.updated_at} />}</> : "the default"}</p>
      <ActionFailure error={put.error} />
    </form>
  );
}
