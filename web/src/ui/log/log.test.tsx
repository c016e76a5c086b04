import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { PIECE_BYTES } from "../../api/modules/logs";
import { LogCard } from "./LogCard";
import { linesOf, NOTHING, withMore } from "./bytes";
import { useLog } from "./useLog";

const bytes = (text: string) => new TextEncoder().encode(text);
const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });

function Shown({ read }: { read: (offset: number) => Promise<Uint8Array> }) {
  return <LogCard log={useLog(["log", read.name], read, false)} live={false} />;
}

/** Shows a log of which the host has `text` at any time, and tells the offsets that were asked for. */
function show(name: string, text: () => string) {
  const asked: number[] = [];
  const read = { [name]: async (offset: number) => {
    asked.push(offset);
    return bytes(text()).slice(offset, offset + PIECE_BYTES);
  } }[name];
  if (!read) throw new Error("no such function");
  render(<QueryClientProvider client={client}><Shown read={read} /></QueryClientProvider>);
  return asked;
}

test("a long log is read to its end, and its last lines are shown", async () => {
  const asked = show("long", () => `${"a line of the beginning\n".repeat(100_000)}the end\n`);
  const log = await screen.findByLabelText("The log's last lines");
  expect(log.textContent?.endsWith("a line of the beginning\nthe end")).toBe(true);
  expect(log.textContent?.split("\n")).toHaveLength(500);
  expect(asked).toEqual([0, PIECE_BYTES, 2 * PIECE_BYTES]);
  expect(screen.getByText(/The last 500 of 100001 lines/)).toBeVisible();
  await userEvent.setup().click(screen.getByRole("button", { name: "Show earlier lines" }));
  expect(log.textContent?.split("\n")).toHaveLength(5_500);
});

test("what came meanwhile is read from where the reading ended", async () => {
  let text = "first\n";
  const asked = show("growing", () => text);
  expect(await screen.findByLabelText("The log")).toHaveTextContent("first");
  text += "second\n";
  await client.invalidateQueries({ queryKey: ["log", "growing"] });
  await vi.waitFor(() => expect(screen.getByLabelText("The log")).toHaveTextContent("first second"));
  expect(asked).toEqual([0, 6]);
});

test("a log without a word says so", async () => {
  show("empty", () => "");
  expect(await screen.findByText("Nothing was printed.")).toBeVisible();
});

test("a part is cut out by bytes, also where the beginning of the log was let go", () => {
  const log = withMore(NOTHING, bytes("äb\ncd\n"));
  expect(linesOf(log, { start: 0, end: 4 })).toEqual(["äb"]);
  expect(linesOf(log, { start: 4, end: 7 })).toEqual(["cd"]);
  expect(linesOf({ start: 4, bytes: bytes("cd\n") }, { start: 0, end: 7 })).toEqual(["cd"]);
  expect(linesOf({ start: 4, bytes: bytes("cd\n") }, { start: 0, end: 3 })).toEqual([]);
  const long = withMore({ start: 10, bytes: new Uint8Array(16 * PIECE_BYTES) }, bytes("end"));
  expect([long.start, long.bytes.length]).toEqual([13, 16 * PIECE_BYTES]);
});
