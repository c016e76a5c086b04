import type { QueryKey } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "./Button";
import { ConfirmDialog } from "./ConfirmDialog";
import { ActionFailure } from "./states";
import { useAct } from "./useAct";

interface Props {
  /** What its button in the row says. */
  children: string;
  /** What it is, such as `Lift the freeze`. */
  title: string;
  /** What it means. */
  effect: string;
  needsReason?: boolean;
  /** Whether its button is one of a row's, which stay in the background. */
  quiet?: boolean;
  /** Takes the reason, which is empty where none is asked for. */
  act: (reason: string) => Promise<unknown>;
  /** The list that is read again then. */
  list: QueryKey;
  refusal: string | undefined;
}

/** Takes something away that others rely on, after it was said what that means. */
export function AskedFirst({ children, title, effect, needsReason = false, quiet = true, act, list, refusal }: Props) {
  const done = useAct(act, list);
  const [isAsked, setAsked] = useState(false);
  const ask = () => {
    done.reset();
    setAsked(true);
  };
  return (
    <>
      <Button quiet={quiet} onPress={ask} disabledReason={refusal}>{children}</Button>
      {!isAsked && <ActionFailure error={done.error} />}
      {isAsked && (
        <ConfirmDialog
          title={title}
          needsReason={needsReason}
          effect={effect}
          danger
          pending={done.isPending}
          error={done.error}
          onConfirm={(reason) => done.mutate(reason, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
