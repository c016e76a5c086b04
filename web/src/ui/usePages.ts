import { type InfiniteData, type QueryKey, useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";

import type { Page } from "../api/client";

/** A list as it was read so far. */
export type Pages<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>> & { items: T[] };

/** A list that is read page by page. */
export function usePages<T>(queryKey: QueryKey, list: (after: string | undefined) => Promise<Page<T>>): Pages<T> {
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => list(pageParam || undefined),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  return { ...pages, items: pages.data?.pages.flatMap(({ items }) => items) ?? [] };
}
