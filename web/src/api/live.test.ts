import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";

import { server } from "../test/server";
import { listen, type LiveNews } from "./live";

test("a stream that breaks is continued from the last event", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const asked: (string | null)[] = [];
  const stop = new AbortController();
  server.use(
    http.get("http://localhost:3000/api/v1/events", ({ request }) => {
      asked.push(request.headers.get("last-event-id"));
      if (asked.length === 2) stop.abort();
      return HttpResponse.text('id: 4\nevent: ready\ndata: {"seq":4}\n\nid: 5\nevent: release.approved\ndata: {"seq":5}\n\n', { headers: { "content-type": "text/event-stream" } });
    }),
  );
  const heard: LiveNews["type"][] = [];
  const listening = listen((news) => heard.push(news.type), stop.signal);
  await vi.waitFor(() => expect(heard).toContain("broken"));
  await vi.advanceTimersByTimeAsync(1_000);
  await listening;
  vi.useRealTimers();
  expect(asked).toEqual([null, "5"]);
  expect(heard.slice(0, 3)).toEqual(["open", "event", "broken"]);
});

test("nobody is asked again once the session is over", async () => {
  server.use(http.get("http://localhost:3000/api/v1/events", () => HttpResponse.json({}, { status: 401 })));
  const heard: LiveNews["type"][] = [];
  await listen((news) => heard.push(news.type), new AbortController().signal);
  expect(heard).toEqual(["broken"]);
});

test("a stream that falls silent is taken for broken, and asked for again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const stop = new AbortController();
  let asked = 0;
  server.use(http.get("http://localhost:3000/api/v1/events", () => {
    asked += 1;
    const body = new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('id: 4\nevent: ready\ndata: {"seq":4}\n\n')) });
    return new HttpResponse(body, { headers: { "content-type": "text/event-stream" } });
  }));
  const heard: LiveNews["type"][] = [];
  void listen((news) => heard.push(news.type), stop.signal);
  await vi.waitFor(() => expect(heard).toEqual(["open"]));
  await vi.advanceTimersByTimeAsync(40_000);
  await vi.waitFor(() => expect(heard).toEqual(["open", "broken"]));
  await vi.advanceTimersByTimeAsync(1_000);
  await vi.waitFor(() => expect(asked).toBe(2));
  stop.abort();
  vi.useRealTimers();
});

test("a page that is out of sight holds no stream, and goes on from where it was when it is seen again", async () => {
  const sight = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  const show = (state: DocumentVisibilityState) => {
    sight.mockReturnValue(state);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const stop = new AbortController();
  const asked: (string | null)[] = [];
  let held = 0;
  server.use(http.get("http://localhost:3000/api/v1/events", ({ request }) => {
    asked.push(request.headers.get("last-event-id"));
    held += 1;
    const body = new ReadableStream({
      start: (to) => {
        to.enqueue(new TextEncoder().encode('id: 4\nevent: ready\ndata: {"seq":4}\n\n'));
        request.signal.addEventListener("abort", () => {
          held -= 1;
          to.error(request.signal.reason);
        });
      },
    });
    return new HttpResponse(body, { headers: { "content-type": "text/event-stream" } });
  }));
  const heard: LiveNews["type"][] = [];
  const listening = listen((news) => heard.push(news.type), stop.signal);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  expect(asked).toEqual([]);
  show("visible");
  await vi.waitFor(() => expect(heard).toEqual(["open"]));
  show("hidden");
  await vi.waitFor(() => expect(held).toBe(0));
  show("visible");
  await vi.waitFor(() => expect(asked).toEqual([null, "4"]));
  expect(heard).not.toContain("broken");
  stop.abort();
  await listening;
  sight.mockRestore();
});
