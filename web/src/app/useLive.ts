import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { listen, type LiveEvent } from "../api/live";
import { ProblemError } from "../api/problem";
import { Freshness } from "./freshness";
import { SESSION, useSession } from "./session";

export type Connection = "connecting" | "live" | "lost" | "refused";

/** Reads again what the host's events touch, and tells whether it hears them. */
export function useLive(): Connection {
  const client = useQueryClient();
  const { id } = useSession();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => {
    const stop = new AbortController();
    const freshness = new Freshness(client);
    let missed = false;
    void listen((news) => {
      if (news.type === "broken") {
        missed = true;
        setConnection(news.error instanceof ProblemError && news.error.status < 500 ? "refused" : "lost");
        if (news.error instanceof ProblemError && news.error.status === 401) client.setQueryData(SESSION, null);
        return;
      }
      setConnection("live");
      if (news.type === "reset" || missed) freshness.outdate([]);
      else if (news.type === "open") freshness.opened();
      else if (news.type === "event") for (const queryKey of touched(news.event)) freshness.outdate(queryKey);
      missed = false;
    }, stop.signal);
    return () => {
      stop.abort();
      freshness.stop();
    };
    // Another session listens anew: the host ended the stream of the one before.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [client, id]);
  return connection;
}

/** The queries that an event makes old. */
export function touched({ subject }: LiveEvent): string[][] {
  const keys = [["overview"], ["inbox"], ["timeline"], ["audit"]];
  if (subject.release) keys.push(["release", subject.release], ["releases"]);
  if (subject.kind === "freeze" || subject.kind === "lock" || subject.kind === "deployment") keys.push(["release"]);
  if (subject.kind === "freeze") keys.push(["freezes"]);
  if (subject.kind === "lock") keys.push(["locks"]);
  if (subject.kind === "policy_floor") keys.push(["floor"]);
  if (subject.kind === "grant") keys.push(["grants"], ["permissions"]);
  if (subject.kind === "token") keys.push(["tokens"]);
  if (subject.kind === "deployment") keys.push(["deployments"]);
  if (subject.kind === "source") keys.push(["source"], ["sources"], ["deliveries"]);
  if (subject.run) keys.push(["run", subject.run], ["runs"]);
  if (subject.service) keys.push(["service", subject.service], ["services"]);
  return keys;
}
