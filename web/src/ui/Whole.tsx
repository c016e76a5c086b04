import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Failure, Loading } from "./states";

interface Props<T> {
  /** The page's heading as long as nothing is known of what it shows. */
  title: string;
  /** What is read, such as `the release`. */
  what: string;
  query: UseQueryResult<T>;
  children: (found: T) => ReactNode;
}

/** A page about one thing. It has a heading whatever becomes of its reading, also while that is tried again. */
export function Whole<T>({ title, what, query, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      <div className="page-head"><h1>{title}</h1></div>
      {query.isPending ? <Loading what={what} /> : <Failure error={query.error} retry={() => void query.refetch()} />}
    </>
  );
}
