import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { AuditEvent } from "../../api/modules/audit";
import { open } from "../../test/render";
import { ben, ID } from "../../test/samples";
import { answers, isSilent, refuses, server } from "../../test/server";
import { changesOf } from "../../ui/changes";

function event(more: Partial<AuditEvent> = {}): AuditEvent {
  const hash = `sha256:${"cd".repeat(32)}`;
  return {
    chain: "ledger", seq: 12, at: "2026-11-20T10:00:00Z", previous: hash, hash, kind: "policy.changed",
    actor: { kind: "person", id: "ada" }, subject: { kind: "policy_floor", id: "production" }, request_id: "req-7",
    data: { before: { minimum_votes: 2 }, after: { minimum_votes: 1 } }, ...more,
  } as AuditEvent;
}

/** Answers lists of events; tells what was asked. */
function events(items: AuditEvent[]): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("http://localhost:3000/api/v1/audit-events", ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ items, next: null });
    }),
  );
  return asked;
}

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
});

test.each([
  [{ before: { a: 1, b: { c: "x" } }, after: { a: 2, b: { c: "x", d: [1] } } }, [{ path: "/a", before: "1", after: "2" }, { path: "/b/d", after: "[1]" }]],
  [{ before: null, after: { "a/b": "new" } }, [{ path: "/a~1b", after: "new" }]],
  [{ before: { a: 1 }, after: { a: 1 } }, []],
  [{ before: { pause: "manual" }, after: { pause: { seconds: 60 } } }, [{ path: "/pause", before: "manual", after: '{"seconds":60}' }]],
  [{ before: {}, after: { a: {} } }, [{ path: "/a", after: "{}" }]],
  [{ votes: 2 }, undefined],
])("what %j changed", (data, changes) => expect(changesOf(data)).toEqual(changes));

test("events come with who did what to what, and lead to their page", async () => {
  events([event(), event({ seq: 11, kind: "release.started", actor: { kind: "system", part: "worker" }, subject: { kind: "release", id: ID, release: ID } })]);
  open("/audit");
  const row = await screen.findByRole("row", { name: /policy.changed/ });
  expect(within(row).getByRole("link", { name: "12" })).toHaveAttribute("href", "/audit/ledger/12");
  expect(row).toHaveTextContent("adapolicy.changedpolicy floor production");
  expect(screen.getByRole("row", { name: /release.started/ })).toHaveTextContent("the engine (worker)");
});

test("filters narrow the list and the exports alike", async () => {
  const asked = events([event()]);
  const { user } = open("/audit?actor=ada&from=2026-11-01");
  await user.selectOptions(await screen.findByLabelText("Chain"), "security");
  const csv = await screen.findByRole("link", { name: "Export CSV" });
  const query = new URL(csv.getAttribute("href") ?? "").searchParams;
  expect(Object.fromEntries(query)).toEqual({ actor: "ada", chain: "security", since: "2026-11-01T00:00:00.000Z", format: "csv" });
  await screen.findByRole("row", { name: /policy.changed/ });
  expect(Object.fromEntries(asked.at(-1) ?? [])).toEqual({ actor: "ada", chain: "security", since: "2026-11-01T00:00:00.000Z", order: "newest-first" });
});

test("an event shows what it changed, before and after", async () => {
  answers("/api/v1/audit-events/{seq}", event());
  open("/audit/ledger/12");
  const row = await screen.findByRole("row", { name: /minimum_votes/ });
  expect(row).toHaveTextContent("/minimum_votes21");
  expect(screen.getByText("req-7")).toBeVisible();
});

test("facts without before and after are shown as they are stored", async () => {
  answers("/api/v1/audit-events/{seq}", event({ data: { votes: "<img src=x>" } }));
  open("/audit/ledger/12");
  expect(await screen.findByText(/"votes": "<img src=x>"/)).toBeVisible();
  expect(document.querySelector("img")).toBeNull();
});

test("who may not read the audit is told so", async () => {
  refuses("get", "/api/v1/audit-events", 403, { request_id: "req-2" });
  open("/audit");
  expect(await screen.findByRole("alert")).toHaveTextContent(/You may not see or do this.*req-2/);
});

test("no event", async () => {
  events([]);
  open("/audit?kind=nothing.such");
  expect(await screen.findByText("No event")).toBeVisible();
});

test("offline", async () => {
  isSilent("/api/v1/audit-events/{seq}");
  open("/audit/ledger/12");
  expect(await screen.findByRole("alert")).toHaveTextContent("The host can't be reached");
});
