import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { useNavigate } from "react-router";

import { type RunDraft, triggerRun } from "../../api/modules/ciRuns";
import { denied, myPermissionsFor } from "../../api/modules/permissions";
import { Button } from "../../ui/Button";
import { ActionFailure } from "../../ui/states";
import { useKeyed } from "../../ui/useKeyed";

/** Asks for a run of a commit. The trigger policy decides, and says why not. */
export function TriggerForm({ service }: { service: string }) {
  const [commit, setCommit] = useState("");
  const [branch, setBranch] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const permissions = useQuery({ queryKey: ["permissions", "service", service], queryFn: () => myPermissionsFor(service) });
  const trigger = useKeyed((draft: RunDraft, key) => triggerRun(service, draft, key), {
    onSuccess: (run) => navigate(`/ci-runs/${run.id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["runs", service] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = branch.trim();
    const draft: RunDraft = { commit: commit.trim(), git_ref: name ? { type: "branch", name } : { type: "commit" } };
    // Enter asks for it, too, while the button waits.
    if (!trigger.isPending) trigger.mutate(draft);
  };
  const missing = commit.trim() === "" ? "Name a commit first." : undefined;
  return (
    <form className="trigger" onSubmit={submit}>
      <TextField value={commit} onChange={setCommit}><Label>Commit</Label><Input placeholder="40 hex digits" autoComplete="off" spellCheck={false} /></TextField>
      <TextField value={branch} onChange={setBranch}><Label>Branch <span className="muted">(optional)</span></Label><Input autoComplete="off" spellCheck={false} /></TextField>
      <Button type="submit" pending={trigger.isPending} disabledReason={denied(permissions.data, ["ci_run.trigger"]) ?? missing}>Run</Button>
      <ActionFailure error={trigger.error} />
    </form>
  );
}
