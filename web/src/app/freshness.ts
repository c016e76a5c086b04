import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

/** Many events come at once, and one reading answers them all. */
const GATHER_MS = 100;

/** Reads again what news have made old; never more than one reading of the same thing at a time. */
export class Freshness {
  #client: QueryClient;
  #old = new Map<string, QueryKey>();
  /** Being read when news came: that answer may be older than the news, so it is not the last. */
  #late = new Set<Query>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void;

  constructor(client: QueryClient) {
    this.#client = client;
    this.#unsubscribe = client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated") return;
      const settled = event.action.type === "success" || event.action.type === "error";
      if (settled && this.#late.delete(event.query)) this.outdate(event.query.queryKey);
    });
  }

  /** Everything whose key begins with `queryKey` is old; what is part of a list comes again with the list when all is. */
  outdate(queryKey: QueryKey): void {
    this.#old.set(JSON.stringify(queryKey), queryKey);
    this.#gathering ??= setTimeout(() => this.#readAgain(), GATHER_MS);
  }

  stop(): void {
    clearTimeout(this.#gathering);
    this.#unsubscribe();
  }

  #readAgain(): void {
    this.#gathering = undefined;
    const keys = [...this.#old.values()];
    this.#old.clear();
    for (const queryKey of keys) {
      const old = { queryKey, predicate: ({ meta }: Query) => queryKey.length > 0 || !meta?.["isPartOfList"] };
      for (const query of this.#client.getQueryCache().findAll({ ...old, fetchStatus: "fetching" })) this.#late.add(query);
      void this.#client.invalidateQueries(old, { cancelRefetch: false });
    }
  }
}
