import { apiUrl } from "./base";
import type { Schema } from "./client";
import { forgetSeen, noteSeen } from "./consistency";
import { ProblemError, problemOf } from "./problem";
import { whileSeen } from "./sight";
import { EventParser, type ServerEvent } from "./sse";

export type LiveEvent = Schema["LiveEvent"];

/** What a listener hears: that the stream is open, an event, that everything must be read again, or that it broke. */
export type LiveNews =
  | { type: "open" }
  | { type: "event"; event: LiveEvent }
  | { type: "reset" }
  | { type: "broken"; error: unknown };

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** The host says something every fifteen seconds; silence for so long is a connection that nobody holds at the other end. */
const SILENCE_MS = 40_000;

/**
 * Listens until `signal` says stop; connects again by itself, and goes on from the last event that was heard.
 *
 * Only while the page is in sight: a browser that speaks HTTP/1.1 has six connections to a host for all of its tabs, and
 * tabs in the background that held one each would leave none for the seventh.
 */
export async function listen(hear: (news: LiveNews) => void, signal: AbortSignal): Promise<void> {
  const place: { last?: string } = {};
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const end = await whileSeen(signal, (stop) => connection(place, stop, (news) => {
        wait = FIRST_WAIT_MS;
        hear(news);
      }));
      if (end === "stopped") continue;
      hear({ type: "broken", error: new Error("the stream ended") });
    } catch (error) {
      hear({ type: "broken", error });
      // Nobody is signed in any more: asking again changes nothing.
      if (error instanceof ProblemError && error.status === 401) return;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

async function connection(place: { last?: string }, signal: AbortSignal, hear: (news: LiveNews) => void): Promise<void> {
  const headers: Record<string, string> = place.last === undefined ? {} : { "last-event-id": place.last };
  const response = await globalThis.fetch(`${apiUrl()}/api/v1/events`, { headers, signal });
  if (!response.ok) throw new ProblemError(await problemOf(response));
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await heard(reader);
    if (done) return;
    for (const event of parser.push(value)) {
      if (event.event === "reset") forgetSeen();
      if (event.id !== undefined) {
        place.last = event.id;
        noteSeen(Number(event.id));
      }
      tell(event, hear);
    }
  }
}

/** What comes next; silence for too long ends the stream. */
async function heard(reader: ReadableStreamDefaultReader<string>): Promise<ReadableStreamReadResult<string>> {
  const timer = setTimeout(() => void reader.cancel(), SILENCE_MS);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}

function tell({ event, data }: ServerEvent, hear: (news: LiveNews) => void): void {
  if (event === "ready") hear({ type: "open" });
  else if (event === "reset") hear({ type: "reset" });
  else if (event !== "end") hear({ type: "event", event: JSON.parse(data) as LiveEvent });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
