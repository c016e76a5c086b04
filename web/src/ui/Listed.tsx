import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Failure, Loading } from "./states";

interface Props<T> {
  what: string;
  query: UseQueryResult<{ items: T[]; next?: string | null }>;
  /** What is said where there is none. */
  none: ReactNode;
  children: (items: T[]) => ReactNode;
}

/** A short list with all the states that a list has. */
export function Listed<T>({ what, query, none, children }: Props<T>) {
  if (query.isPending) return <Loading what={what} />;
  if (!query.data) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      {query.isError && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      {query.data.items.length === 0 ? <p className="muted">{none}</p> : children(query.data.items)}
      {query.data.next && <p className="muted">There are more; the API lists them all.</p>}
    </>
  );
}
