export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Whether `value` has members by name. */
export function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `name` as a step of a JSON Pointer. */
export function step(name: string | number): string {
  return `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function stepsOf(pointer: string): string[] {
  return pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function child(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What stands at a JSON Pointer; nothing where nothing does. */
export function at(value: Json | undefined, pointer: string): Json | undefined {
  return stepsOf(pointer).reduce(child, value);
}

/** The value with `next` at the pointer; with nothing there when `next` is none. What lies around is not changed. */
export function put(value: Json, pointer: string, next: Json | undefined): Json {
  return changed(value, stepsOf(pointer), next) ?? null;
}

function changed(value: Json | undefined, [name, ...rest]: string[], next: Json | undefined): Json | undefined {
  if (name === undefined) return next;
  const inner = changed(child(value, name), rest, next);
  if (Array.isArray(value)) {
    const place = Number(name);
    return inner === undefined ? value.toSpliced(place, 1) : value.toSpliced(place, 1, inner);
  }
  const { [name]: _, ...others } = isObject(value) ? value : {};
  if (inner === undefined) return others;
  return isObject(value) && Object.hasOwn(value, name) ? { ...value, [name]: inner } : { ...others, [name]: inner };
}

/** Whether both say the same, in whatever order their members stand. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}
