const SHOWN_LINES = 200;

/** The last lines of a log. */
export function LogText({ text }: { text: string }) {
  const lines = text.split("\n").slice(-SHOWN_LINES).join("\n").trim();
  // Reachable by keyboard, because it scrolls.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  return <pre className="log" tabIndex={0} aria-label="The log's last lines">{lines || "Nothing was printed yet."}</pre>;
}
