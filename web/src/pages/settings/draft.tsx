import { createContext, type ReactNode, use } from "react";

import type { Violation } from "../../api/rules";
import { at, type Json, put } from "./json";

interface Draft {
  draft: Json;
  problems: Violation[];
  change: (next: Json) => void;
}

const Context = createContext<Draft | null>(null);

/** What the fields below it edit, and what is wrong with it. */
export function DraftProvider({ children, ...draft }: Draft & { children: ReactNode }) {
  return <Context value={draft}>{children}</Context>;
}

/** The member at a JSON Pointer of the draft: what it is, what is wrong with it, and how to change it. */
export function useMember(pointer: string) {
  const context = use(Context);
  if (!context) throw new Error("nothing is edited here");
  const { draft, problems, change } = context;
  return {
    value: at(draft, pointer),
    problems: problems.filter(({ path }) => path === pointer),
    /** The same, with what is wrong inside of it. */
    within: problems.filter(({ path }) => path === pointer || path.startsWith(`${pointer}/`)),
    set: (next: Json | undefined) => change(put(draft, pointer, next)),
  };
}
