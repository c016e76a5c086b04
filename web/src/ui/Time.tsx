import { useSyncExternalStore } from "react";

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const TICK_MS = 30_000;

/** How long ago or ahead `at` is, in the largest unit that fits. */
export function relative(at: string, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 0 ? "in less than a minute" : "just now";
}

/** The same in this browser's time zone: today's by its time alone. */
export function local(at: string, now: number = Date.now()): string {
  const date = new Date(at);
  return (date.toDateString() === new Date(now).toDateString() ? TIME : DAY_AND_TIME).format(date);
}

/** The same in UTC, to the second. */
export function utc(at: string): string {
  return new Date(at).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** A time as people say it, and by the clock of where they are; in UTC when pointed at. */
export function Time({ at }: { at: string }) {
  const now = useSyncExternalStore(subscribe, minute);
  return <time dateTime={at} title={utc(at)}>{relative(at, now)}, {local(at, now)}</time>;
}

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

/** One clock for all that is shown, so that nothing that stays open tells an old time. */
function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    ticking = setInterval(() => {
      now = Date.now();
      for (const hear of listeners) hear();
    }, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(ticking);
  };
}

function minute(): number {
  return now;
}
