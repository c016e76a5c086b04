import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { listReleases, type Release, type ReleaseFilter } from "../../api/modules/releases";

const PAGE_SIZE = 200;

/** The releases that were read so far, the newest first, and what reads more. */
export function useReleaseRows(filter: ReleaseFilter) {
  // Not below "releases", which each event makes old: pages that were read are not read again, their rows follow by themselves.
  const pages = useInfiniteQuery({
    queryKey: ["release-pages", filter],
    queryFn: ({ pageParam }) => listReleases({ ...filter, limit: PAGE_SIZE, ...(pageParam && { after: pageParam }) }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    staleTime: Infinity,
  });
  const first = pages.data?.pages[0];
  const newest = useQuery({
    queryKey: ["releases", "newest", filter],
    queryFn: () => listReleases({ ...filter, limit: PAGE_SIZE }),
    enabled: first !== undefined,
    staleTime: Infinity,
    ...(first && { initialData: first }),
  });
  const rows = useMemo(() => merged(newest.data?.items ?? [], pages.data?.pages.flatMap(({ items }) => items) ?? []), [newest.data, pages.data]);
  return { pages, rows, stale: newest.isError };
}

/** What came since the pages were read goes before them; nothing stands there twice. */
export function merged(newest: Release[], read: Release[]): Release[] {
  const known = new Set(read.map(({ id }) => id));
  const come = newest.filter(({ id }) => !known.has(id));
  return come.length === 0 ? read : [...come, ...read];
}
