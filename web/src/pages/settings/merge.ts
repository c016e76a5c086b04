import { isObject, isSame, type Json, step } from "./json";

/** A member that both sides changed, and not to the same. */
export interface Conflict {
  path: string;
  base: Json | undefined;
  theirs: Json | undefined;
  yours: Json | undefined;
}

export interface Merge {
  /** What both wanted; of a conflict the side that was chosen, else yours. */
  merged: Json;
  conflicts: Conflict[];
}

/** For each conflict, by its path, whose side is taken. */
export type Choices = Record<string, "theirs" | "yours">;

/** Brings together what two people made of the same base. */
export function merge(base: Json | undefined, theirs: Json, yours: Json, choices: Choices = {}): Merge {
  const conflicts: Conflict[] = [];
  const merged = member({ path: "", base, theirs, yours }, choices, conflicts);
  return { merged: merged ?? null, conflicts };
}

function member(sides: Conflict, choices: Choices, conflicts: Conflict[]): Json | undefined {
  const { path, base, theirs, yours } = sides;
  if (isSame(theirs, base)) return yours;
  if (isSame(yours, base) || isSame(yours, theirs)) return theirs;
  if (isObject(theirs) && isObject(yours)) {
    const from = isObject(base) ? base : {};
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(yours)])];
    const entries = names.map((name) => [name, member({ path: path + step(name), base: from[name], theirs: theirs[name], yours: yours[name] }, choices, conflicts)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  }
  // Lists are told apart item by item only where nobody added or took away one: else nobody knows which is which.
  if (Array.isArray(base) && Array.isArray(theirs) && Array.isArray(yours) && theirs.length === base.length && yours.length === base.length) {
    return base.map((item, index) => member({ path: path + step(index), base: item, theirs: theirs[index], yours: yours[index] }, choices, conflicts) ?? null);
  }
  conflicts.push(sides);
  return choices[path] === "theirs" ? theirs : yours;
}
