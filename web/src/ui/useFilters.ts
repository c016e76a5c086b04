import { useSearchParams } from "react-router";

export type Filters<K extends string> = Partial<Record<K, string>>;

/** Filters that live in the address, so that a view can be sent to somebody else. An empty one is none. */
export function useFilters<K extends string>(keys: readonly K[]): [Filters<K>, (key: K, value: string) => void] {
  const [params, setParams] = useSearchParams();
  const filters: Filters<K> = {};
  for (const key of keys) {
    const value = params.get(key);
    if (value) filters[key] = value;
  }
  const set = (key: K, value: string) =>
    setParams((before) => {
      if (value) before.set(key, value);
      else before.delete(key);
      return before;
    }, { replace: true, preventScrollReset: true });
  return [filters, set];
}

/** A day of a date field as the moment at which it begins, in UTC; nothing for an empty or unfinished one. */
export function dayBegins(day: string | undefined): string | undefined {
  const at = new Date(`${day ?? ""}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
