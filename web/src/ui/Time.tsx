const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago or ahead `at` is, in the largest unit that fits. */
export function relative(at: string, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 0 ? "in less than a minute" : "just now";
}

/** A time as people say it; local and UTC when pointed at. */
export function Time({ at }: { at: string }) {
  const utc = new Date(at).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return <time dateTime={at} title={`${LOCAL.format(new Date(at))} · ${utc}`}>{relative(at)}</time>;
}
