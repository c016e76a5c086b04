import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { denied, type Permissions } from "../../api/modules/permissions";
import { type ReleaseDetail, type RollbackDraft, rollbackRelease } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ActionFailure } from "../../ui/states";
import { useKeyed } from "../../ui/useKeyed";
import { ACTS, type Consequence, consequences, effectOf, impossible, TITLES } from "./acts";
import { RollbackDialog } from "./RollbackDialog";

interface Asked extends RollbackDraft {
  name: Consequence;
}

/** The commands that ask for a reason: stopping a rollout, going back to what was stable, and trying once more. */
export function Consequences({ release, permissions }: { release: ReleaseDetail; permissions: Permissions | undefined }) {
  const [asked, setAsked] = useState<Consequence>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const run = useKeyed(
    ({ name, ...draft }: Asked, key) => (name === "rollback" ? rollbackRelease(release.id, draft, key) : ACTS[name](release.id, draft.reason, key)),
    {
      onSuccess: async (done) => {
        setAsked(undefined);
        if (done.id !== release.id) await navigate(`/releases/${done.id}`);
      },
      onSettled: () => client.invalidateQueries({ queryKey: ["release", release.id] }),
    },
  );
  const ask = (name: Consequence) => {
    run.reset();
    setAsked(name);
  };
  const dialog = { pending: run.isPending, error: run.error, onClose: () => setAsked(undefined) };
  return (
    <>
      {consequences(release).map((name) => (
        <div key={name}><Button danger={name !== "retry"} onPress={() => ask(name)} disabledReason={denied(permissions, [`release.${name}`]) ?? impossible(name, release)}>{TITLES[name]}</Button></div>
      ))}
      {asked === undefined && <ActionFailure error={run.error} />}
      {asked === "rollback" && <RollbackDialog release={release} {...dialog} onConfirm={(draft) => run.mutate({ name: asked, ...draft })} />}
      {(asked === "abort" || asked === "retry") && (
        <ConfirmDialog
          title={TITLES[asked]}
          needsReason
          effect={effectOf(asked, release)}
          danger={asked !== "retry"}
          confirmation={release.tier === "production" && asked !== "retry" ? release.service : undefined}
          {...dialog}
          onConfirm={(reason) => run.mutate({ name: asked, reason })}
        />
      )}
    </>
  );
}
