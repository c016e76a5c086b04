import { Link } from "react-router";

import type { DeploymentGlance } from "../../api/modules/overview";
import { getDeployment, liftHold } from "../../api/modules/services";
import { AskedFirst } from "../../ui/AskedFirst";
import { Time } from "../../ui/Time";
import { useRefusal } from "../../ui/useRefusal";

type Hold = NonNullable<DeploymentGlance["hold"]>;

const REASONS: Record<Hold["reason"], string> = {
  executor_silent: "the executor was silent, nobody knows what runs",
  rollback_failed: "a rollback failed",
  undo_failed: "a rollout could not be taken back",
};

/** Why nothing starts at a deployment, and the way to let it start again once somebody looked. */
export function HoldNote({ deployment, hold }: { deployment: string; hold: Hold }) {
  const refusal = useRefusal("deployment.lift_hold", deployment);
  return (
    <div className="hold">
      <p>On hold since <Time at={hold.since} />: {REASONS[hold.reason]}. <Link to={`/releases/${hold.release}`}>The release that left it so</Link>.</p>
      <AskedFirst
        title="Lift the hold"
        effect={`Releases to ${deployment} start again. Look at what really runs there first.`}
        needsReason
        quiet={false}
        act={async (reason) => liftHold(await getDeployment(deployment), reason)}
        list={["overview"]}
        refusal={refusal}
      >
        Lift the hold
      </AskedFirst>
    </div>
  );
}
