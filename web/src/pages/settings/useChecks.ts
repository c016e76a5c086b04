import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ProblemError } from "../../api/problem";
import { loadRules, type Violation } from "../../api/rules";
import { useDebounced } from "../../ui/useDebounced";
import { isSame, type Json } from "./json";
import type { ConfigKind, Stored } from "./kinds";

const STILL_MS = 400;

export interface Checks {
  problems: Violation[];
  /** What would be stored: the draft with its defaults. */
  outcome: Json | undefined;
  /** Whether there is anything to store. */
  isChanged: boolean;
  /** Whether the host is being asked. */
  isAsking: boolean;
  /** Why the host refuses, where it is not the draft's fault. */
  refusal: unknown;
}

/** What is wrong with a draft: at once by the rules in this page, and a moment later by the host, which knows more. */
export function useChecks(kind: ConfigKind, draft: Json, base: Stored | null, mayAsk: boolean): Checks {
  const rules = useQuery({ queryKey: ["rules"], queryFn: loadRules, staleTime: Infinity, gcTime: Infinity });
  const verdict = useMemo(() => (rules.data ? kind.rules(draft) : undefined), [rules.data, kind, draft]);
  const local = verdict?.valid === false ? verdict.violations : [];
  const settled = useDebounced(draft, STILL_MS);
  const isChanged = !isSame(verdict?.valid ? (verdict.value as Json) : draft, base?.spec);
  const isWorthIt = mayAsk && isChanged && local.length === 0 && settled === draft;
  const trial = useQuery({
    queryKey: ["config-trial", ...kind.key, base?.row_version ?? 0, settled],
    queryFn: () => kind.save(settled, base?.row_version, true),
    enabled: isWorthIt,
    retry: false,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const refusal = isWorthIt ? trial.error : null;
  const remote = refusal instanceof ProblemError ? (refusal.problem.violations ?? []) : [];
  return {
    problems: local.length > 0 ? local : remote,
    outcome: isWorthIt && trial.data ? trial.data.spec : verdict?.valid ? (verdict.value as Json) : undefined,
    isChanged,
    isAsking: isWorthIt && trial.isFetching,
    refusal: remote.length > 0 ? null : refusal,
  };
}
