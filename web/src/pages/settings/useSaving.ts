import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ProblemError } from "../../api/problem";
import { isSame, type Json } from "./json";
import type { EditorKind, Stored } from "./kinds";

export type Saving = ReturnType<typeof useSaving>;

/** Saves a draft, of which `outcome` would be stored, over the version that it was made of. */
export function useSaving(kind: EditorKind, base: Stored | null, keep: (stored: Stored, sent: Json) => void, outcome: Json | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (sent: Json) => stored(kind, sent, base?.row_version, outcome),
    onSuccess: (saved, sent) => {
      client.setQueryData(kind.key, saved);
      keep(saved, sent);
    },
    // Another version is there: it is read, and both are brought together.
    onError: (error) => (isOtherVersion(error) ? client.invalidateQueries({ queryKey: kind.key }) : undefined),
  });
}

/** Whether the host refused because somebody else wrote first. */
export function isOtherVersion(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 412;
}

/** Saves `sent`. Where that is what is there by now, it is done: a save whose answer was lost is refused when it is tried again. */
async function stored(kind: EditorKind, sent: Json, version: number | undefined, outcome: Json | undefined): Promise<Stored> {
  try {
    return await kind.save(sent, version, false);
  } catch (error) {
    const there = isOtherVersion(error) ? await kind.load() : null;
    if (there === null || !isSame(there.spec, outcome ?? sent)) throw error;
    return there;
  }
}
