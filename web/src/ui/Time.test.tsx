import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { local, relative, Time, utc } from "./Time";

const NOW = Date.parse("2026-11-23T12:00:00Z");

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

test.each([
  ["2026-11-23T11:59:40Z", "just now"],
  ["2026-11-23T12:00:20Z", "in less than a minute"],
  ["2026-11-23T10:59:00Z", "1 hour ago"],
  ["2026-11-22T11:00:00Z", "1 day ago"],
  ["2026-11-26T12:00:00Z", "in 3 days"],
])("%s is %s", (at, told) => expect(relative(at, NOW)).toBe(told));

test("today's time is told by the clock alone, another day's with its date", () => {
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(NOW);
  expect(local("2026-11-23T12:00:00Z", NOW)).toBe(time);
  expect(local("2026-11-20T12:00:00Z", NOW)).toMatch(/2026/);
});

test("a time is local, in UTC when pointed at, and grows old while it is looked at", () => {
  const at = new Date(NOW).toISOString();
  render(<Time at={at} />);
  const time = screen.getByText(/^just now, /);
  expect(time).toHaveTextContent(local(at));
  expect(time).toHaveAttribute("title", "2026-11-23 12:00:00 UTC");
  expect(utc(at)).toBe("2026-11-23 12:00:00 UTC");
  act(() => vi.advanceTimersByTime(2 * 60_000));
  expect(time).toHaveTextContent(/^2 minutes ago, /);
});
