import { useQuery } from "@tanstack/react-query";

import { runLog } from "../../api/modules/ciRuns";
import { LogText } from "../../ui/LogText";
import { Failure, Loading } from "../../ui/states";

const GLANCE_MS = 3_000;

/** What the steps printed. */
export function RunLog({ id, live }: { id: string; live: boolean }) {
  const log = useQuery({ queryKey: ["run", id, "log"], queryFn: () => runLog(id), refetchInterval: live ? GLANCE_MS : false });
  return (
    <section className="card" aria-labelledby="log">
      <h2 id="log">Log</h2>
      {log.isPending && <Loading what="the log" />}
      {log.error && !log.data && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.data !== undefined && <LogText text={log.data} />}
    </section>
  );
}
