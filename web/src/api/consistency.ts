/** The sequence that this page's last write reached: a read that sends it back never gets less. */
let seen = 0;

export function noteWrite(headers: Headers): void {
  const reached = Number(headers.get("x-consistency") ?? Number.NaN);
  if (Number.isSafeInteger(reached) && reached > seen) seen = reached;
}

export function minimum(): string | undefined {
  return seen > 0 ? String(seen) : undefined;
}

/** Another session begins with nothing seen. */
export function forgetWrites(): void {
  seen = 0;
}
