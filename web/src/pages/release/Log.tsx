import { useQuery } from "@tanstack/react-query";

import { releaseLog } from "../../api/modules/releases";
import { LogText } from "../../ui/LogText";
import { Failure, Loading } from "../../ui/states";

const GLANCE_MS = 3_000;

/** The last lines of what the executor printed. */
export function Log({ id, live }: { id: string; live: boolean }) {
  const log = useQuery({ queryKey: ["release", id, "log"], queryFn: () => releaseLog(id), refetchInterval: live ? GLANCE_MS : false });
  return (
    <section className="card" aria-labelledby="log">
      <h2 id="log">Log</h2>
      {log.isPending && <Loading what="the log" />}
      {log.error && !log.data && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.data !== undefined && <LogText text={log.data} />}
    </section>
  );
}
