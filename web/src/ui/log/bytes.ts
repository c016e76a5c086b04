/** What was read of a log: its bytes from the byte `start` on. */
export interface LogBytes {
  start: number;
  bytes: Uint8Array;
}

/** A part of a log: its first byte, and the byte after its last. */
export interface LogRange {
  start: number;
  end: number;
}

export const NOTHING: LogBytes = { start: 0, bytes: new Uint8Array(0) };

/** So much of a log's end is kept in the page. */
const MOST_BYTES = 16 * 1_048_576;

/** The log with what came after it; where it becomes too long, its beginning is let go. */
export function withMore({ start, bytes }: LogBytes, more: Uint8Array): LogBytes {
  const whole = new Uint8Array(bytes.length + more.length);
  whole.set(bytes);
  whole.set(more, bytes.length);
  const excess = Math.max(0, whole.length - MOST_BYTES);
  return { start: start + excess, bytes: excess > 0 ? whole.slice(excess) : whole };
}

/** The lines of the log, or of a part of it. */
export function linesOf(log: LogBytes, range?: LogRange): string[] {
  const from = Math.max(0, (range?.start ?? 0) - log.start);
  const to = range ? Math.max(0, range.end - log.start) : undefined;
  const text = new TextDecoder().decode(log.bytes.subarray(from, to)).trim();
  return text === "" ? [] : text.split("\n");
}
