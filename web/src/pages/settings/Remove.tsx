import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ActionFailure } from "../../ui/states";
import type { EditorKind, Removal } from "./kinds";
import { isOtherVersion } from "./useSaving";

interface Props {
  kind: EditorKind;
  removal: Removal;
  /** The version that is seen: no other is deleted. */
  version: number;
  disabledReason: string | undefined;
  onRemoved: () => void;
}

/** Deletes what is edited, after it was said what that means. */
export function Remove({ kind, removal, version, disabledReason, onRemoved }: Props) {
  const [isAsked, setAsked] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removal.run(version),
    onSuccess: onRemoved,
    // What is there now was not seen yet, so it is not deleted by pressing once more.
    onError: (error) => {
      if (!isOtherVersion(error)) return undefined;
      setAsked(false);
      return client.invalidateQueries({ queryKey: kind.key });
    },
  });
  const ask = () => {
    remove.reset();
    setAsked(true);
  };
  return (
    <>
      <Button danger onPress={ask} disabledReason={disabledReason}>{removal.title}</Button>
      {!isAsked && <ActionFailure error={remove.error} />}
      {isAsked && (
        <ConfirmDialog
          title={removal.title}
          effect={removal.effect}
          confirmation={kind.production}
          danger
          pending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
