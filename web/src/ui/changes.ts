/** A member that an event changed, by its JSON Pointer. */
export interface MemberChange {
  path: string;
  before?: string;
  after?: string;
}

/** What lies between `before` and `after` of an event's data; nothing where it does not tell both or one of them. */
export function changesOf(data: unknown): MemberChange[] | undefined {
  if (!isObject(data) || !("after" in data || "before" in data)) return undefined;
  return between(data["before"] ?? undefined, data["after"] ?? undefined);
}

/** What lies between two values, member by member. */
export function between(before: unknown, after: unknown, path = ""): MemberChange[] {
  // Between a word and an object lies no member: both are told whole.
  if (hasMembers(before) && isNothing(after) || isNothing(before) && hasMembers(after) || isObject(before) && isObject(after)) {
    const from = isObject(before) ? before : {};
    const to = isObject(after) ? after : {};
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted();
    return names.flatMap((name) => between(from[name], to[name], `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`));
  }
  // Item by item where none came or went: else nobody knows which is which.
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item: unknown, index) => between(item, after[index], `${path}/${index}`));
  }
  const [from, to] = [text(before), text(after)];
  if (from === to) return [];
  return [{ path, ...(from !== undefined && { before: from }), ...(to !== undefined && { after: to }) }];
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function hasMembers(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
