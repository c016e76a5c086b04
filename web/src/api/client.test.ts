import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { server, takes } from "../test/server";
import { waiting } from "../test/samples";
import { approve } from "./modules/approvals";
import { getRelease, listReleases } from "./modules/releases";
import { OfflineError, ProblemError } from "./problem";

const RELEASE = "http://localhost:3000/api/v1/releases/:id";
const ballot = { release: waiting.id, content: waiting.content_digest, key: "key-1" };

test("a refusal is a problem with its request id", async () => {
  const problem = { type: "/problems/not-possible", title: "No", status: 409, detail: "it is over", request_id: "r-9", allowed_commands: [] };
  server.use(http.get(RELEASE, () => HttpResponse.json(problem, { status: 409, headers: { "content-type": "application/problem+json" } })));
  const error = await getRelease(waiting.id).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({ code: "not-possible", status: 409, problem: { request_id: "r-9" } });
});

test("a page of a proxy is told by its status", async () => {
  server.use(http.get(RELEASE, () => HttpResponse.html("<h1>Bad Gateway</h1>", { status: 502, headers: { "x-request-id": "r-2" } })));
  await expect(getRelease(waiting.id)).rejects.toMatchObject({ status: 502, problem: { request_id: "r-2", type: "about:blank" } });
});

test("silence is not a refusal", async () => {
  server.use(http.get(RELEASE, () => HttpResponse.error()));
  await expect(getRelease(waiting.id)).rejects.toBeInstanceOf(OfflineError);
});

test("a command sends its own key, and reads after it ask for no less than it wrote", async () => {
  const sent = takes("/api/v1/releases/{id}/approve", waiting, { "x-consistency": "41" });
  let asked: string | null = "never asked";
  server.use(
    http.get("http://localhost:3000/api/v1/releases", ({ request }) => {
      asked = request.headers.get("x-consistency");
      return HttpResponse.json({ items: [], next: null });
    }),
  );
  await listReleases({});
  expect(asked).toBeNull();
  await approve(ballot);
  expect(sent[0]?.headers.get("idempotency-key")).toBe("key-1");
  expect(sent[0]?.body).toEqual({ content: waiting.content_digest });
  await listReleases({});
  expect(asked).toBe("41");
});
