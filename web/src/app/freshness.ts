import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

/** Many events come at once, and one reading answers them all. */
const GATHER_MS = 100;

interface Old {
  queryKey: QueryKey;
  /** Whether what failed is tried again too. */
  alsoFailed: boolean;
}

/** Reads again what news have made old; never more than one reading of the same thing at a time. */
export class Freshness {
  #client: QueryClient;
  #old = new Map<string, Old>();
  /** Being read when news came: that answer may be older than the news, so it is not the last. */
  #late = new Map<Query, Old>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void;

  constructor(client: QueryClient) {
    this.#client = client;
    this.#unsubscribe = client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || (event.action.type !== "success" && event.action.type !== "error")) return;
      const late = this.#late.get(event.query);
      this.#late.delete(event.query);
      if (late && (late.alsoFailed || event.action.type === "success")) this.outdate(event.query.queryKey);
    });
  }

  /** Everything whose key begins with `queryKey` is old; what is part of a list comes again with the list when all is. */
  outdate(queryKey: QueryKey): void {
    this.#gather({ queryKey, alsoFailed: true });
  }

  /** News come from now on: what was read before may have been old by then. A refusal stays until news say otherwise. */
  opened(): void {
    this.#gather({ queryKey: [], alsoFailed: false });
  }

  stop(): void {
    clearTimeout(this.#gathering);
    this.#unsubscribe();
  }

  #gather(old: Old): void {
    this.#old.set(JSON.stringify(old), old);
    this.#gathering ??= setTimeout(() => this.#readAgain(), GATHER_MS);
  }

  #readAgain(): void {
    this.#gathering = undefined;
    const olds = [...this.#old.values()];
    this.#old.clear();
    for (const old of olds) {
      const { queryKey, alsoFailed } = old;
      const isMeant = ({ meta, state }: Query) => (queryKey.length > 0 || !meta?.["isPartOfList"]) && (alsoFailed || state.status !== "error");
      const filters = { queryKey, predicate: isMeant };
      for (const query of this.#client.getQueryCache().findAll({ ...filters, fetchStatus: "fetching" })) {
        if (!this.#late.get(query)?.alsoFailed) this.#late.set(query, old);
      }
      void this.#client.invalidateQueries(filters, { cancelRefetch: false });
    }
  }
}
