import { useState } from "react";

import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ActionFailure } from "../../ui/states";
import type { useAct } from "../../ui/useAct";

interface Props {
  /** What is lifted, such as `the freeze`. */
  what: string;
  /** What it means. */
  effect: string;
  /** Takes the reason. */
  lift: ReturnType<typeof useAct<string, void>>;
  refusal: string | undefined;
}

/** Lifts what holds releases back, with a reason that the audit keeps. */
export function Lift({ what, effect, lift, refusal }: Props) {
  const [asked, setAsked] = useState(false);
  const ask = () => {
    lift.reset();
    setAsked(true);
  };
  return (
    <>
      <Button quiet onPress={ask} disabledReason={refusal}>Lift</Button>
      {!asked && <ActionFailure error={lift.error} />}
      {asked && (
        <ConfirmDialog
          title={`Lift ${what}`}
          needsReason
          effect={effect}
          danger
          pending={lift.isPending}
          error={lift.error}
          onConfirm={(reason) => lift.mutate(reason, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
