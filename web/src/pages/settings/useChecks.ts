import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ProblemError } from "../../api/problem";
import { loadRules, type Validation, type Violation } from "../../api/rules";
import { useDebounced } from "../../ui/useDebounced";
import { isSame, type Json } from "./json";
import type { DraftKind, Stored } from "./kinds";

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
export function useChecks(kind: Omit<DraftKind, "permissions">, draft: Json, base: Stored | null, mayAsk: boolean): Checks {
  const rules = useQuery({ queryKey: ["rules"], queryFn: loadRules, staleTime: Infinity, gcTime: Infinity, enabled: kind.rules !== undefined });
  const verdict = useMemo(() => verdictOf(kind, draft, rules.data === true), [rules.data, kind, draft]);
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

/** What the rules in this page say; nothing before they are loaded. Where they know nothing, only the host finds fault. */
function verdictOf({ rules }: Pick<DraftKind, "rules">, draft: Json, isLoaded: boolean): Validation<unknown> | undefined {
  if (!rules) return { valid: true, value: draft };
  return isLoaded ? rules(draft) : undefined;
}

/** Why the draft can't be saved now. */
export function whyNot({ problems, isChanged }: Checks, isReadable: boolean): string | undefined {
  if (!isReadable) return "The JSON can't be read.";
  if (problems.length > 0) return problems.length === 1 ? "One thing is wrong, as said above." : `${problems.length} things are wrong, as said above.`;
  return isChanged ? undefined : "Nothing is changed.";
}
