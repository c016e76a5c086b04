import { useState } from "react";
import { Link } from "react-router";

import type { DeploymentGlance } from "../../api/modules/overview";
import { getDeployment, liftHold } from "../../api/modules/services";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { useRefusal } from "../../ui/useRefusal";

type Hold = NonNullable<DeploymentGlance["hold"]>;

const REASONS: Record<Hold["reason"], string> = {
  executor_silent: "the executor was silent, nobody knows what runs",
  rollback_failed: "a rollback failed",
  undo_failed: "a rollout could not be taken back",
};

/** Why nothing starts at a deployment, and the way to let it start again once somebody looked. */
export function HoldNote({ deployment, hold }: { deployment: string; hold: Hold }) {
  const [asked, setAsked] = useState(false);
  const refusal = useRefusal("deployment.lift_hold", deployment);
  const lift = useAct(async (reason: string) => liftHold(await getDeployment(deployment), reason), ["overview"]);
  return (
    <div className="hold">
      <p>On hold since <Time at={hold.since} />: {REASONS[hold.reason]}. <Link to={`/releases/${hold.release}`}>The release that left it so</Link>.</p>
      <Button onPress={() => setAsked(true)} disabledReason={refusal}>Lift the hold</Button>
      {asked && (
        <ConfirmDialog
          title="Lift the hold"
          needsReason
          effect={`Releases to ${deployment} start again. Look at what really runs there first.`}
          danger
          pending={lift.isPending}
          error={lift.error}
          onConfirm={(reason) => lift.mutate(reason, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  );
}
