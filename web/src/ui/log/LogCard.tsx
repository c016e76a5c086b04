import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Failure, Loading } from "../states";
import { type LogBytes, type LogRange, linesOf } from "./bytes";
import { LogLines } from "./LogLines";

interface Props {
  log: UseQueryResult<LogBytes>;
  /** The part that is shown; all of it otherwise. */
  range?: LogRange | undefined;
  /** Whether the rest is still being written. */
  live: boolean;
  /** What stands above it: which part it is. */
  children?: ReactNode;
}

/** A log, with what stands in for it until it is there. */
export function LogCard({ log, range, live, children }: Props) {
  return (
    <section className="card" aria-labelledby="log">
      <h2 id="log">Log</h2>
      {children}
      {log.isPending && <Loading what="the log" />}
      {log.error && !log.data && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.isRefetchError && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      {log.data && <LogLines key={`${range?.start} ${range?.end}`} lines={linesOf(log.data, range)} live={live} />}
      {log.data && log.data.start > 0 && <p className="muted small">Its beginning is left out: the log is too long to be shown whole.</p>}
    </section>
  );
}
