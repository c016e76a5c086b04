import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useState } from "react";

import type { Release } from "../../api/modules/releases";
import { Row } from "./Row";

const ROW_HEIGHT = 46;
/** So many rows before the end of what was read, more is asked for. */
const AHEAD = 40;

interface Props {
  rows: Release[];
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; error: Error | null; fetchNextPage: () => unknown };
}

/** The table holds only the rows that can be seen, however many there are. */
export function ReleaseTable({ rows, pages }: Props) {
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const top = frame?.offsetTop ?? 0;
  // The same function as long as the rows are: another one lets everything be measured anew.
  const getItemKey = useCallback((index: number) => rows[index]?.id ?? index, [rows]);
  // Its functions are used here alone.
  // oxlint-disable-next-line react-hooks/incompatible-library
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    getItemKey,
    // What is not laid out has no height.
    measureElement: (element) => element.getBoundingClientRect().height || ROW_HEIGHT,
    overscan: 8,
    scrollMargin: top,
  });
  const seen = virtual.getVirtualItems();
  useMore(seen.at(-1)?.index ?? -1, rows.length, pages);
  const above = (seen[0]?.start ?? top) - top;
  const below = virtual.getTotalSize() - ((seen.at(-1)?.end ?? top) - top);
  return (
    <div className="table-frame" ref={setFrame}>
      <table className="release-list" aria-rowcount={pages.hasNextPage ? -1 : rows.length + 1}>
        <caption className="sr-only">Releases, the newest first</caption>
        <thead><tr aria-rowindex={1}><th scope="col">Version</th><th scope="col">Service</th><th scope="col">Where to</th><th scope="col">Status</th><th scope="col">Asked for by</th><th scope="col">When</th></tr></thead>
        <tbody>
          <Gap height={above} />
          {seen.map(({ key, index }) => {
            const release = rows[index];
            return release && <Row key={key} ref={virtual.measureElement} index={index} release={release} />;
          })}
          <Gap height={below} />
        </tbody>
      </table>
      {pages.isFetchingNextPage && <p className="state loading" role="status"><span className="spinner" aria-hidden="true" />Loading more…</p>}
    </div>
  );
}

/** Stands for the rows that are not there. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null;
  return <tr aria-hidden="true" className="gap" style={{ height }} />;
}

/** Reads the next page before the end comes into sight; also when a page was empty, which it may be. */
function useMore(last: number, count: number, { hasNextPage, isFetchingNextPage, error, fetchNextPage }: Props["pages"]): void {
  const isNear = last >= count - AHEAD;
  useEffect(() => {
    if (isNear && hasNextPage && !isFetchingNextPage && !error) void fetchNextPage();
  }, [isNear, hasNextPage, isFetchingNextPage, error, fetchNextPage]);
}
