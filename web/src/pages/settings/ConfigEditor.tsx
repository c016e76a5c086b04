import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { denied } from "../../api/modules/permissions";
import { Button } from "../../ui/Button";
import { LeaveGuard } from "../../ui/LeaveGuard";
import { RolloutAxis } from "../../ui/RolloutAxis";
import { ActionFailure, Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { Changes } from "./Changes";
import { Conflict } from "./Conflict";
import { DraftProvider } from "./draft";
import { History } from "./History";
import { at, isSame, type Json } from "./json";
import { JsonView } from "./JsonView";
import type { EditorKind, Stored } from "./kinds";
import { Problems } from "./Problems";
import { Remove } from "./Remove";
import { SaveDialog } from "./SaveDialog";
import { useChecks, whyNot } from "./useChecks";
import { useDraft } from "./useDraft";
import { isOtherVersion, useSaving } from "./useSaving";

interface Props {
  kind: EditorKind;
  /** Where to go when it is deleted; unless said, it can be written anew. */
  onRemoved?: () => void;
}

/** Reads a config, or something else that is kept, and lets it be edited. */
export function ConfigEditor({ kind, onRemoved }: Props) {
  const client = useQueryClient();
  const config = useQuery({ queryKey: kind.key, queryFn: kind.load });
  const [isBegun, setBegun] = useState(false);
  if (config.isPending) return <Loading what="the settings" />;
  if (config.data === undefined) return <Failure error={config.error} retry={() => void config.refetch()} />;
  if (config.data === null && !isBegun) {
    return <Empty title={kind.absent}><Button primary onPress={() => setBegun(true)}>Write the first one</Button></Empty>;
  }
  // From here on a draft is open, and stays open also when somebody deletes what it was made of.
  if (!isBegun) setBegun(true);
  const removed = () => {
    client.setQueryData(kind.key, null);
    setBegun(false);
    onRemoved?.();
  };
  return <Editor kind={kind} latest={config.data} stale={config.isError} onRemoved={removed} />;
}

interface EditorProps {
  kind: EditorKind;
  latest: Stored | null;
  stale: boolean;
  onRemoved: () => void;
}

/** Everything that an open draft consists of, and why it can't be saved now. */
function useEditing(kind: EditorKind, latest: Stored | null) {
  const { draft, setDraft, base, theirs, ...rest } = useDraft(kind, latest);
  const [isReadable, setReadable] = useState(true);
  const permissions = useQuery({ queryKey: ["permissions", ...kind.key], queryFn: kind.permissions });
  const right = denied(permissions.data, [kind.action]);
  const checks = useChecks(kind, draft, base, right === undefined && !theirs);
  const save = useSaving(kind, base, rest.keep, checks.outcome);
  const reason = right ?? (theirs ? "Bring both changes together first." : whyNot(checks, isReadable));
  const isUnsaved = !isReadable || !isSame(draft, base?.spec ?? kind.beginning);
  return { ...rest, draft, setDraft, base, theirs, setReadable, right, checks, save, reason, isUnsaved };
}

function Editor({ kind, latest, stale, onRemoved }: EditorProps) {
  const { draft, setDraft, base, theirs, begin, isGone, setReadable, right, checks, save, reason, isUnsaved } = useEditing(kind, latest);
  const [isAsked, setAsked] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.reset();
    if (kind.production === undefined) save.mutate(draft);
    else setAsked(true);
  };
  // What fails is told in the dialog; another version is told on the page, where both are brought together.
  const confirm = () => save.mutate(draft, { onSettled: (_, error) => (!error || isOtherVersion(error)) && setAsked(false) });
  const changes = checks.isChanged && checks.outcome !== undefined && base && <Changes title="What saving changes" before={base.spec} after={checks.outcome} />;
  return (
    <DraftProvider draft={draft} problems={checks.problems} change={setDraft}>
      <LeaveGuard unsaved={isUnsaved ? `your changes of “${kind.title}”` : undefined} />
      {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      {isGone && <p className="banner" role="alert">Somebody deleted it meanwhile. What you have here is kept; saving writes it anew.</p>}
      {theirs && <Conflict key={theirs.row_version} base={base} theirs={theirs} yours={draft} onMerge={(merged) => begin(theirs, merged)} />}
      <div className="columns">
        <form className="card settings" onSubmit={submit} aria-label={kind.title}>
          <Standing kind={kind} base={base} />
          <kind.Form />
          <Problems problems={checks.problems} />
          {changes}
          <div className="actions">
            <Button type="submit" primary pending={save.isPending} disabledReason={reason}>Save</Button>
            {!isSame(draft, base?.spec ?? kind.beginning) && <Button quiet onPress={() => setDraft(base?.spec ?? kind.beginning)}>Undo my changes</Button>}
            <span className="muted small" role="status">{save.isSuccess && !checks.isChanged ? "Saved." : checks.isAsking ? "Asking the host…" : ""}</span>
            {base && kind.remove && <Remove kind={kind} removal={kind.remove} version={base.row_version} disabledReason={right} onRemoved={onRemoved} />}
          </div>
          <ActionFailure error={isAsked || isOtherVersion(save.error) ? null : (save.error ?? checks.refusal)} />
        </form>
        <Beside kind={kind} base={base} draft={draft} onChange={setDraft} onReadable={setReadable} />
      </div>
      {isAsked && <SaveDialog kind={kind} save={save} changes={changes} onConfirm={confirm} onClose={() => setAsked(false)} />}
    </DraftProvider>
  );
}

interface BesideProps {
  kind: EditorKind;
  base: Stored | null;
  draft: Json;
  onChange: (draft: Json) => void;
  onReadable: (isReadable: boolean) => void;
}

/** What stands beside the form: what comes of the draft, the draft as JSON, and who changed what before. */
function Beside({ kind, base, draft, onChange, onReadable }: BesideProps) {
  return (
    <div>
      <Rollout strategy={at(draft, "/strategy")} />
      <JsonView draft={draft} onChange={onChange} onReadable={onReadable} />
      {base && <History filter={kind.history} version={base.row_version} />}
    </div>
  );
}

/** What a strategy makes of a rollout; only a CD config has one. */
function Rollout({ strategy }: { strategy: Json | undefined }) {
  if (strategy === undefined) return null;
  return (
    <section className="card" aria-labelledby="rollout-preview">
      <h2 id="rollout-preview">The rollout, step by step</h2>
      <RolloutAxis strategy={strategy} otherwise={<p className="muted">To be seen once nothing is wrong with the strategy.</p>} />
    </section>
  );
}

function Standing({ kind, base }: { kind: EditorKind; base: Stored | null }) {
  return (
    <header>
      <h2>{kind.title}</h2>
      <p className="muted">{base ? <>{base.revision === undefined ? "Changed" : `Revision ${base.revision},`} by <strong>{base.updated_by}</strong> <Time at={base.updated_at} /></> : "The first one: nothing is saved yet."}</p>
    </header>
  );
}
