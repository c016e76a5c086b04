import { useState } from "react";

import { isSame, type Json } from "./json";
import type { EditorKind, Stored } from "./kinds";
import { merge } from "./merge";

/** The draft, what it was made of, and what is there by now. */
export function useDraft(kind: EditorKind, latest: Stored | null) {
  const [base, setBase] = useState(latest);
  const [draft, setDraft] = useState<Json>(latest?.spec ?? kind.beginning);
  const [seen, setSeen] = useState(latest);
  const [isGone, setGone] = useState(false);
  const begin = (from: Stored | null, next: Json) => {
    setBase(from);
    setDraft(next);
    setGone(false);
  };
  /** `sent` is stored: what was typed since then stays, on top of it. */
  const keep = (stored: Stored, sent: Json) => begin(stored, isSame(draft, sent) ? stored.spec : merge(sent, stored.spec, draft).merged);
  // Deleted meanwhile: what is drafted stays, and would be the first one again.
  if (latest !== seen) {
    setSeen(latest);
    if (latest === null && base !== null) {
      setBase(null);
      setGone(true);
    }
  }
  const isOvertaken = latest !== null && latest.row_version > (base?.row_version ?? 0);
  // Who has changed nothing goes on with what is there now.
  if (isOvertaken && isSame(draft, base?.spec ?? kind.beginning)) begin(latest, latest.spec);
  return { base, draft, setDraft, begin, keep, isGone, theirs: isOvertaken ? latest : undefined };
}
