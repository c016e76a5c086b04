import { type QueryKey, useQuery, useQueryClient } from "@tanstack/react-query";

import { PIECE_BYTES } from "../../api/modules/logs";
import { type LogBytes, NOTHING, withMore } from "./bytes";

const GLANCE_MS = 3_000;

/** A log up to its end, read on from where it was read before; again and again while it is `live`. */
export function useLog(queryKey: QueryKey, read: (offset: number) => Promise<Uint8Array>, live: boolean) {
  const client = useQueryClient();
  return useQuery({
    queryKey,
    queryFn: () => readOn(client.getQueryData<LogBytes>(queryKey) ?? NOTHING, read),
    refetchInterval: live ? GLANCE_MS : false,
    // Bytes that are the same need no comparing member by member.
    structuralSharing: false,
  });
}

async function readOn(known: LogBytes, read: (offset: number) => Promise<Uint8Array>): Promise<LogBytes> {
  const more = await read(known.start + known.bytes.length);
  if (more.length === 0) return known;
  const log = withMore(known, more);
  // A piece that is not full is the last one by now.
  return more.length < PIECE_BYTES ? log : readOn(log, read);
}
