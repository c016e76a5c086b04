import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { denied } from "../../api/modules/permissions";
import { ProblemError } from "../../api/problem";
import { Button } from "../../ui/Button";
import { RolloutAxis } from "../../ui/RolloutAxis";
import { ActionFailure, Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { Changes } from "./Changes";
import { Conflict } from "./Conflict";
import { DraftProvider } from "./draft";
import { History } from "./History";
import { at, isSame, type Json } from "./json";
import { JsonView } from "./JsonView";
import type { ConfigKind, Stored } from "./kinds";
import { Problems } from "./Problems";
import { type Checks, useChecks } from "./useChecks";

/** Reads a config and lets it be edited. */
export function ConfigEditor({ kind }: { kind: ConfigKind }) {
  const config = useQuery({ queryKey: kind.key, queryFn: kind.load });
  const [isBegun, setBegun] = useState(false);
  if (config.isPending) return <Loading what="the config" />;
  if (config.data === undefined) return <Failure error={config.error} retry={() => void config.refetch()} />;
  if (config.data === null && !isBegun) {
    return <Empty title={kind.absent}><Button primary onPress={() => setBegun(true)}>Write the first one</Button></Empty>;
  }
  return <Editor kind={kind} latest={config.data} stale={config.isError} />;
}

/** The draft, what it was made of, and what is there by now. */
function useDraft(kind: ConfigKind, latest: Stored | null) {
  const [base, setBase] = useState(latest);
  const [draft, setDraft] = useState<Json>(latest?.spec ?? kind.beginning);
  const begin = (from: Stored | null, next: Json) => {
    setBase(from);
    setDraft(next);
  };
  const isOvertaken = latest !== null && latest.row_version > (base?.row_version ?? 0);
  // Who has changed nothing goes on with what is there now.
  if (isOvertaken && isSame(draft, base?.spec ?? kind.beginning)) begin(latest, latest.spec);
  return { base, draft, setDraft, begin, theirs: isOvertaken ? latest : undefined };
}

function Editor({ kind, latest, stale }: { kind: ConfigKind; latest: Stored | null; stale: boolean }) {
  const { base, draft, setDraft, begin, theirs } = useDraft(kind, latest);
  const [isReadable, setReadable] = useState(true);
  const client = useQueryClient();
  const permissions = useQuery({ queryKey: ["permissions", ...kind.key], queryFn: kind.permissions });
  const right = denied(permissions.data, [kind.action]);
  const checks = useChecks(kind, draft, base, right === undefined && !theirs);
  const save = useMutation({
    mutationFn: (saved: Json) => kind.save(saved, base?.row_version, false),
    onSuccess: (saved) => {
      client.setQueryData(kind.key, saved);
      begin(saved, saved.spec);
    },
    // Another version is there: it is read, and both are brought together.
    onError: (error) => (isOtherVersion(error) ? client.invalidateQueries({ queryKey: kind.key }) : undefined),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(draft);
  };
  const reason = right ?? (theirs ? "Bring both changes together first." : whyNot(checks, isReadable));
  const change = (next: Json) => { setReadable(true); setDraft(next); };
  return (
    <DraftProvider draft={draft} problems={checks.problems} change={change}>
      {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      {theirs && <Conflict key={theirs.row_version} base={base} theirs={theirs} yours={draft} onMerge={(merged) => begin(theirs, merged)} />}
      <div className="columns">
        <form className="card settings" onSubmit={submit} aria-label={kind.title}>
          <Standing kind={kind} base={base} />
          <kind.Form />
          <Problems problems={checks.problems} />
          {checks.isChanged && checks.outcome !== undefined && base && <Changes title="What saving changes" before={base.spec} after={checks.outcome} />}
          <div className="actions">
            <Button type="submit" primary pending={save.isPending} disabledReason={reason}>Save</Button>
            {!isSame(draft, base?.spec ?? kind.beginning) && <Button quiet onPress={() => change(base?.spec ?? kind.beginning)}>Undo my changes</Button>}
            <span className="muted small" role="status">{save.isSuccess && !checks.isChanged ? "Saved." : checks.isAsking ? "Asking the host…" : ""}</span>
          </div>
          <ActionFailure error={isOtherVersion(save.error) ? null : (save.error ?? checks.refusal)} />
        </form>
        <div>
          <Rollout strategy={at(draft, "/strategy")} />
          <JsonView draft={draft} onChange={setDraft} onReadable={setReadable} />
          {base && <History filter={kind.history} revision={base.revision} />}
        </div>
      </div>
    </DraftProvider>
  );
}

/** What a strategy makes of a rollout; a CI config has none. */
function Rollout({ strategy }: { strategy: Json | undefined }) {
  if (strategy === undefined) return null;
  return (
    <section className="card" aria-labelledby="rollout-preview">
      <h2 id="rollout-preview">The rollout, step by step</h2>
      <RolloutAxis strategy={strategy} otherwise={<p className="muted">To be seen once nothing is wrong with the strategy.</p>} />
    </section>
  );
}

function Standing({ kind, base }: { kind: ConfigKind; base: Stored | null }) {
  return (
    <header>
      <h2>{kind.title}</h2>
      <p className="muted">{base ? <>Revision {base.revision}, by <strong>{base.updated_by}</strong> <Time at={base.updated_at} /></> : "The first one: nothing is saved yet."}</p>
    </header>
  );
}

function isOtherVersion(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 412;
}

/** Why the draft can't be saved now. */
function whyNot({ problems, isChanged }: Checks, isReadable: boolean): string | undefined {
  if (!isReadable) return "The JSON can't be read.";
  if (problems.length > 0) return problems.length === 1 ? "One thing is wrong, as said above." : `${problems.length} things are wrong, as said above.`;
  return isChanged ? undefined : "Nothing is changed.";
}
