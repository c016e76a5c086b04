import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ProblemError } from "../../api/problem";
import type { Json } from "./json";
import type { EditorKind, Stored } from "./kinds";

export type Saving = ReturnType<typeof useSaving>;

/** Saves a draft over the version that it was made of. */
export function useSaving(kind: EditorKind, base: Stored | null, begin: (from: Stored, next: Json) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (saved: Json) => kind.save(saved, base?.row_version, false),
    onSuccess: (saved) => {
      client.setQueryData(kind.key, saved);
      begin(saved, saved.spec);
    },
    // Another version is there: it is read, and both are brought together.
    onError: (error) => (isOtherVersion(error) ? client.invalidateQueries({ queryKey: kind.key }) : undefined),
  });
}

/** Whether the host refused because somebody else wrote first. */
export function isOtherVersion(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 412;
}
