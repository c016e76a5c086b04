import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Release, type ReleaseDetail, type RollbackDraft, tryRollback } from "../../api/modules/releases";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ActionFailure } from "../../ui/states";
import { Candidates } from "./Candidates";

interface Props {
  release: ReleaseDetail;
  pending: boolean;
  error: unknown;
  onConfirm: (draft: RollbackDraft) => void;
  onClose: () => void;
}

/** To what a deployment goes back, what that undoes, and who is asked before. */
export function RollbackDialog({ release, pending, error, onConfirm, onClose }: Props) {
  const [target, setTarget] = useState(release.rollback_candidates[0] ?? "");
  // The reason is asked for below, and nothing of a trial is stored.
  const trial = useQuery({ queryKey: ["rollback-trial", release.id, target], queryFn: () => tryRollback(release.id, { target, reason: "What would come of it?" }), retry: false, enabled: target !== "" });
  return (
    <ConfirmDialog
      title="Roll back"
      needsReason
      danger
      confirmation={release.tier === "production" ? release.service : undefined}
      pending={pending}
      disabledReason={target === "" ? "Nothing is left to go back to." : undefined}
      error={error}
      effect={
        <>
          <p>{effectOf(release)}</p>
          <Candidates release={release} target={target} onChange={setTarget} />
          {trial.data && <p>{votesText(trial.data)}</p>}
          {!error && <ActionFailure error={trial.error} />}
        </>
      }
      onConfirm={(reason) => onConfirm({ reason, target })}
      onClose={onClose}
    />
  );
}

function effectOf({ service, environment, version, state }: ReleaseDetail): string {
  const where = `${service} in ${environment}`;
  if (state.status === "executing") return `The rollout of ${version} to ${where} is aborted. A release of its own then brings back what you choose.`;
  return `A release of its own brings ${where} back from ${version} to what you choose.`;
}

function votesText({ content }: Release): string {
  const { requirements } = content.approval;
  if (requirements.length === 0) return "No vote is asked: it starts as soon as the place is free.";
  return `It waits for votes: ${requirements.map(({ role, count }) => `${count} × ${role}`).join(", ")}.`;
}
