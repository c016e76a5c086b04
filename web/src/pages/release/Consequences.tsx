import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { denied, type Permissions } from "../../api/modules/permissions";
import type { Release, ReleaseDetail } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ACTS, type Consequence, consequences, effectOf, TITLES } from "./acts";

/** The commands that ask for a reason: stopping a rollout, going back to what was stable, and trying once more. */
export function Consequences({ release, permissions }: { release: ReleaseDetail; permissions: Permissions | undefined }) {
  const [asked, setAsked] = useState<Consequence>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const run = useMutation({
    mutationFn: ({ name, reason, key }: { name: Consequence; reason: string; key: string }): Promise<Release> =>
      ACTS[name](release.id, reason, key),
    onSuccess: async (done) => {
      setAsked(undefined);
      if (done.id !== release.id) await navigate(`/releases/${done.id}`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["release", release.id] }),
  });
  const ask = (name: Consequence) => {
    run.reset();
    setAsked(name);
  };
  return (
    <>
      {consequences(release).map((name) => (
        <div key={name}><Button danger={name !== "retry"} onPress={() => ask(name)} disabledReason={denied(permissions, [`release.${name}`])}>{TITLES[name]}</Button></div>
      ))}
      {asked && (
        <ConfirmDialog
          title={TITLES[asked]}
          needsReason
          effect={effectOf(asked, release)}
          danger={asked !== "retry"}
          confirmation={release.tier === "production" && asked !== "retry" ? release.service : undefined}
          pending={run.isPending}
          error={run.error}
          onConfirm={(reason) => run.mutate({ name: asked, reason, key: crypto.randomUUID() })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
