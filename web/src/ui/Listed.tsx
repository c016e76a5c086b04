import type { ReactNode } from "react";

import { Button } from "./Button";
import { ActionFailure, Failure, Loading } from "./states";
import type { Pages } from "./usePages";

interface Props<T> {
  /** What they are, such as `the locks`. */
  what: string;
  pages: Pages<T>;
  /** What is said where there is none. */
  none: ReactNode;
  children: (items: T[]) => ReactNode;
}

/** A list with all the states that a list has. It goes on when somebody asks for more. */
export function Listed<T>({ what, pages, none, children }: Props<T>) {
  if (pages.isPending) return <Loading what={what} />;
  if (!pages.data) return <Failure error={pages.error} retry={() => void pages.refetch()} />;
  return (
    <>
      {pages.isRefetchError && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      {pages.items.length === 0 && !pages.hasNextPage ? <div className="muted">{none}</div> : children(pages.items)}
      {pages.isFetchNextPageError && <ActionFailure error={pages.error} />}
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More of {what}</Button>}
    </>
  );
}
