/** The text of a local date and time field `hours` from now, to the minute. */
export function inHours(hours: number, now: Date = new Date()): string {
  const at = new Date(now.getTime() + hours * 3_600_000);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The moment that such a text means here, in UTC. */
export function momentOf(local: string): string {
  return new Date(local).toISOString();
}

/** Whether a moment is over. */
export function isPast(at: string): boolean {
  return Date.parse(at) <= Date.now();
}
