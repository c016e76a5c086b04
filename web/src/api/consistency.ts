/** The latest sequence that this page knows of, from a write or an event: a read that sends it back never gets less. */
let seen = 0;

export function noteSeen(seq: number): void {
  if (Number.isSafeInteger(seq) && seq > seen) seen = seq;
}

export function noteWrite(headers: Headers): void {
  noteSeen(Number(headers.get("x-consistency") ?? Number.NaN));
}

export function minimum(): string | undefined {
  return seen > 0 ? String(seen) : undefined;
}

/** Another session, or a host that was restored to an older point, begins with nothing seen. */
export function forgetSeen(): void {
  seen = 0;
}
