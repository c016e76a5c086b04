import { useQuery } from "@tanstack/react-query";

import { releaseLog } from "../../api/modules/releases";
import { Failure, Loading } from "../../ui/states";

const SHOWN_LINES = 200;
const GLANCE_MS = 3_000;

/** The last lines of what the executor printed. */
export function Log({ id, live }: { id: string; live: boolean }) {
  const log = useQuery({ queryKey: ["release", id, "log"], queryFn: () => releaseLog(id), refetchInterval: live ? GLANCE_MS : false });
  const lines = (log.data ?? "").split("\n").slice(-SHOWN_LINES).join("\n").trim();
  return (
    <section className="card" aria-labelledby="log">
      <h2 id="log">Log</h2>
      {log.isPending && <Loading what="the log" />}
      {log.error && !log.data && <Failure error={log.error} retry={() => void log.refetch()} />}
      {/* Reachable by keyboard, because it scrolls. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      {log.data !== undefined && <pre className="log" tabIndex={0} aria-label="The log's last lines">{lines || "Nothing was printed yet."}</pre>}
    </section>
  );
}
