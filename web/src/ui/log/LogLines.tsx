import { useLayoutEffect, useRef, useState } from "react";

import { Button } from "../Button";

const FIRST_LINES = 500;
const MORE_LINES = 5_000;
/** So near to the end, in pixels, somebody reads the end. */
const NEAR = 24;

/** The last lines of a log; the ones before come when they are asked for. Whoever reads the end stays there while more comes. */
export function LogLines({ lines, live }: { lines: string[]; live: boolean }) {
  const [count, setCount] = useState(FIRST_LINES);
  const frame = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  const text = lines.slice(-count).join("\n");
  useLayoutEffect(() => {
    if (frame.current && atEnd.current) frame.current.scrollTop = frame.current.scrollHeight;
  });
  const look = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = frame.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  if (lines.length === 0) return <p className="muted">{live ? "Nothing was printed yet." : "Nothing was printed."}</p>;
  const hidden = lines.length - Math.min(count, lines.length);
  return (
    <>
      {hidden > 0 && <p className="muted small">The last {count} of {lines.length} lines. <Button quiet onPress={() => setCount(count + MORE_LINES)}>Show earlier lines</Button></p>}
      {/* Reachable by keyboard, because it scrolls. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre ref={frame} className="log" tabIndex={0} aria-label={hidden > 0 ? "The log's last lines" : "The log"} onScroll={look}>{text}</pre>
    </>
  );
}
