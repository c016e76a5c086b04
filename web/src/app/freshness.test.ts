import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Freshness } from "./freshness";

let client: QueryClient;
let freshness: Freshness;
/** The readings that nobody has answered yet. */
let asked: { resolve: (answer: string) => void; reject: (error: Error) => void }[];
let shown: QueryObserver<string>;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  freshness = new Freshness(client);
  asked = [];
  shown = new QueryObserver<string>(client, { queryKey: ["release", "r-1"], retry: false, queryFn: () => new Promise((resolve, reject) => asked.push({ resolve, reject })) });
  stop = shown.subscribe(() => {});
});

afterEach(() => {
  stop();
  freshness.stop();
  client.clear();
  vi.useRealTimers();
});

/** Lets the oldest open reading fail. */
async function refuse(): Promise<void> {
  asked.shift()?.reject(new Error("refused"));
  await vi.advanceTimersByTimeAsync(1_000);
}

/** Lets the oldest open reading end. */
async function answer(text: string): Promise<void> {
  asked.shift()?.resolve(text);
  await vi.advanceTimersByTimeAsync(1_000);
}

test("what is shown is read again", async () => {
  await answer("waiting");
  freshness.outdate(["release"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await answer("executing");
  expect(shown.getCurrentResult().data).toBe("executing");
});

test("a first reading that was under way when news came is not the last", async () => {
  freshness.opened();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(1);
  await answer("old");
  await answer("new");
  expect(shown.getCurrentResult().data).toBe("new");
  expect(asked).toHaveLength(0);
});

test("news that never pause neither starve a reading nor pile readings up", async () => {
  for (let count = 0; count < 50; count += 1) {
    freshness.outdate(["release", "r-1"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.length).toBeLessThanOrEqual(1);
  }
  await answer("old");
  expect(shown.getCurrentResult().data).toBe("old");
  expect(asked).toHaveLength(1);
});

test("what was read before news come is read again, and what was refused is left alone until they do", async () => {
  freshness.opened();
  await vi.advanceTimersByTimeAsync(1_000);
  await refuse();
  expect(asked).toHaveLength(0);
  freshness.opened();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(0);
  freshness.outdate(["release"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await answer("there");
  freshness.opened();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(1);
});

test("what failed while news came is tried again", async () => {
  freshness.outdate(["release"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await refuse();
  await answer("there");
  expect(shown.getCurrentResult().data).toBe("there");
});
