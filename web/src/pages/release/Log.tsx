import { releaseLog } from "../../api/modules/logs";
import { LogCard } from "../../ui/log/LogCard";
import { useLog } from "../../ui/log/useLog";

/** What the executor printed. */
export function Log({ id, live }: { id: string; live: boolean }) {
  const log = useLog(["release", id, "log"], (offset) => releaseLog(id, offset), live);
  return <LogCard log={log} live={live} />;
}
