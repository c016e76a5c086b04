import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { denied, type Permissions } from "../../api/modules/permissions";
import { abortRelease, type Release, type ReleaseDetail, rollbackRelease } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { ReasonDialog } from "./ReasonDialog";

type Name = "abort" | "rollback";

/** What each of them does, before anybody does it. */
function effectOf(name: Name, release: ReleaseDetail): string {
  const where = `${release.service} in ${release.environment}`;
  return name === "abort"
    ? `The rollout of ${release.version} to ${where} stops; the executor takes it back where it can.`
    : `A release of its own brings ${where} back from ${release.version} to the newest version that was stable before.`;
}

/** The commands that ask for a reason: stopping a rollout, and going back to what was stable. */
export function Consequences({ release, permissions }: { release: ReleaseDetail; permissions: Permissions | undefined }) {
  const [asked, setAsked] = useState<Name>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const run = useMutation({
    mutationFn: ({ name, reason, key }: { name: Name; reason: string; key: string }): Promise<Release> =>
      (name === "abort" ? abortRelease : rollbackRelease)(release.id, reason, key),
    onSuccess: async (done) => {
      setAsked(undefined);
      if (done.id !== release.id) await navigate(`/releases/${done.id}`);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["release", release.id] }),
  });
  const offered: Name[] = [];
  if (release.allowed_commands.includes("abort")) offered.push("abort");
  if (release.rollback_candidates.length > 0) offered.push("rollback");
  const title = (name: Name) => (name === "abort" ? "Abort" : "Roll back");
  const ask = (name: Name) => {
    run.reset();
    setAsked(name);
  };
  return (
    <>
      {offered.map((name) => (
        <div key={name}><Button danger onPress={() => ask(name)} disabledReason={denied(permissions, [`release.${name}`])}>{title(name)}</Button></div>
      ))}
      {asked && (
        <ReasonDialog
          title={title(asked)}
          effect={effectOf(asked, release)}
          confirmation={release.tier === "production" ? release.service : undefined}
          pending={run.isPending}
          error={run.error}
          onConfirm={(reason) => run.mutate({ name: asked, reason, key: crypto.randomUUID() })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
