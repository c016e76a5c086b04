import { type QueryKey, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { denied } from "../../api/modules/permissions";
import { Button } from "../../ui/Button";
import { LeaveGuard } from "../../ui/LeaveGuard";
import { ActionFailure } from "../../ui/states";
import { useKeyed } from "../../ui/useKeyed";
import { DraftProvider } from "../settings/draft";
import { isSame, type Json } from "../settings/json";
import { JsonView } from "../settings/JsonView";
import type { DraftKind } from "../settings/kinds";
import { Problems } from "../settings/Problems";
import { useChecks, whyNot } from "../settings/useChecks";

/** Something that is not there yet, and how it is made. */
export interface NewKind extends Omit<DraftKind, "permissions"> {
  /** Left out where the right depends on what is drafted: then the host says when it is asked. */
  permissions?: DraftKind["permissions"];
  /** What the button says. */
  button: string;
  /** What must be said before the host can be asked. */
  missing: (draft: Json) => string | undefined;
  /** Makes it, and tells the address of its page. The same `key` again makes nothing more, where the API takes one. */
  make: (draft: Json, key: string) => Promise<string>;
  /** The lists that it is on then. */
  lists: QueryKey[];
}

interface Props {
  kind: NewKind;
  /** Whether the draft is shown as JSON, too. */
  withJson?: boolean;
}

/** A form for something new: the host is asked what is wrong with it before it is made. */
export function NewDraft({ kind, withJson = false }: Props) {
  const [draft, setDraft] = useState(kind.beginning);
  const [isReadable, setReadable] = useState(true);
  const permissions = useQuery({ queryKey: ["permissions", ...kind.key], queryFn: kind.permissions ?? skipToken });
  const right = denied(permissions.data, [kind.action]);
  const missing = kind.missing(draft);
  const checks = useChecks(kind, draft, null, right === undefined && missing === undefined);
  const { make, isMade } = useMaking(kind);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Enter asks for it, too, while the button waits.
    if (!make.isPending) make.mutate(draft);
  };
  return (
    <DraftProvider draft={draft} problems={checks.problems} change={setDraft}>
      <LeaveGuard unsaved={isSame(draft, kind.beginning) ? undefined : "what you wrote here"} isDone={isMade} />
      <div className={withJson ? "columns" : "narrow"}>
        <form className="card settings" onSubmit={submit} aria-label={kind.title}>
          <h2>{kind.title}</h2>
          <kind.Form />
          <Problems problems={checks.problems} />
          <div className="actions">
            <Button type="submit" primary pending={make.isPending} disabledReason={right ?? missing ?? whyNot(checks, isReadable)}>{kind.button}</Button>
            <span className="muted small" role="status">{checks.isAsking ? "Asking the host…" : ""}</span>
          </div>
          <ActionFailure error={make.error ?? checks.refusal} />
        </form>
        {withJson && <div><JsonView draft={draft} onChange={setDraft} onReadable={setReadable} /></div>}
      </div>
    </DraftProvider>
  );
}

/** Makes it and goes there. */
function useMaking(kind: NewKind) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const isMade = useRef(false);
  const make = useKeyed((draft: Json, key) => kind.make(draft, key), {
    onSuccess: (address) => {
      isMade.current = true;
      return navigate(address);
    },
    onSettled: () => Promise.all(kind.lists.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return { make, isMade };
}
