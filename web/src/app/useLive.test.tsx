import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { open } from "../test/render";
import { detail, ID, waiting } from "../test/samples";
import { answers, server } from "../test/server";
import { world } from "../test/world";

const HOST = "http://localhost:3000/api/v1";
const PAGE = `/releases/${ID}`;

/** A stream that opens when `opened`, tells `text`, and stays. */
function stream(opened: Promise<void>, text: string): void {
  server.use(
    http.get(`${HOST}/events`, async () => {
      await opened;
      const body = new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode(text)) });
      return new HttpResponse(body, { headers: { "content-type": "text/event-stream" } });
    }),
  );
}

test("what happened between the first reading and the opening of the stream is shown", async () => {
  world("text");
  answers("/api/v1/releases/{id}", detail({ version: "1.0.0" }));
  const gate: { open?: () => void } = {};
  stream(new Promise((resolve) => { gate.open = resolve; }), 'id: 7\nevent: ready\ndata: {"seq":7}\n\n');
  open(PAGE);
  await screen.findByRole("heading", { level: 1, name: /1\.0\.0/ });
  answers("/api/v1/releases/{id}", detail({ version: "1.0.1" }));
  gate.open?.();
  expect(await screen.findByRole("heading", { level: 1, name: /1\.0\.1/ })).toBeVisible();
});

test("what is read after an event is not older than it", async () => {
  world("text");
  const minima: (string | null)[] = [];
  server.use(
    http.get(`${HOST}/releases/:id`, ({ request }) => {
      minima.push(request.headers.get("x-consistency"));
      return HttpResponse.json(detail({ version: `1.0.${minima.length}` }) as object);
    }),
  );
  const event = { seq: 41, at: "2026-11-23T00:00:00Z", kind: "release.approved", actor: { kind: "system" }, subject: { release: ID } };
  stream(Promise.resolve(), `id: 41\nevent: release.approved\ndata: ${JSON.stringify(event)}\n\n`);
  open(PAGE);
  await expect.poll(() => minima.at(-1)).toBe("41");
});

test("the rows of a list come again with the list, and not one by one", async () => {
  world("text");
  let lists = 0;
  server.use(
    http.get(`${HOST}/releases`, () => {
      lists += 1;
      return HttpResponse.json({ items: [{ ...waiting, row_version: lists, version: `1.0.${lists}` }], next: null } as object);
    }),
    http.get(`${HOST}/releases/:id`, () => HttpResponse.json({}, { status: 500 })),
  );
  const gate: { open?: () => void } = {};
  stream(new Promise((resolve) => { gate.open = resolve; }), 'id: 7\nevent: ready\ndata: {"seq":7}\n\n');
  open("/releases");
  await screen.findByRole("link", { name: "1.0.1" });
  gate.open?.();
  expect(await screen.findByRole("link", { name: /1\.0\.[23]/ })).toBeVisible();
});

test("a host that refuses the stream is told apart from one that can't be reached", async () => {
  world("text");
  server.use(http.get(`${HOST}/events`, () => new HttpResponse(null, { status: 429 })));
  open(PAGE);
  expect(await screen.findByText(/gives this browser no news/)).toBeVisible();
  expect(screen.queryByText(/connection to the host is lost/)).toBeNull();
});
