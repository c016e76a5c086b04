import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { TimelineEntry, TimelineItem } from "../../api/modules/timeline";
import { startHost } from "../../test/host/host";
import { open } from "../../test/render";
import { ben, ID, production, RUN } from "../../test/samples";
import { answers, refuses, server } from "../../test/server";
import { lanesOf } from "./lanes";

const staging = { ...production, id: "lighthouse-staging", spec: { ...production.spec, environment: "staging", tier: "staging" as const } };

function entry(more: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    seq: 7, at: "2026-11-20T10:00:00Z", kind: "release.approved", actor: { kind: "person", id: "cleo" }, summary: "approved by 2 persons",
    service: "lighthouse", deployment: "lighthouse-production", release: ID, run: RUN, caused_by: null, ...more,
  };
}

/** Answers the timeline; tells what was asked. */
function timeline(items: TimelineItem[], next: string | null = null): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("http://localhost:3000/api/v1/services/:service/timeline", ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      return HttpResponse.json(query.get("after") ? { items: [entry({ seq: 1, summary: "the first of all" })], next: null } : { items, next });
    }),
  );
  return asked;
}

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/deployments", { items: [production, staging], next: null });
});

const ADDRESS = "/services/lighthouse/timeline";

test("lanes lead to production", () => expect(lanesOf([production, staging]).environments).toEqual(["staging", "production"]));

test("an entry has its mark in its lane, and leads to what it is about; the rules tell it in a sentence", async () => {
  const host = startHost({ deployments: [production, staging] });
  const trigger = { actor: "cleo", commit: "c0ffee", reason: null, type: "manual" };
  host.record({ kind: "ci_run.triggered", subject: { kind: "ci_run", id: RUN, run: RUN, service: "lighthouse" }, data: { kind: "ci_run.triggered", run: { trigger } } });
  const subject = { kind: "release" as const, id: ID, release: ID, service: "lighthouse", deployment: production.id };
  host.record({ kind: "release.approved", subject, data: { kind: "release.approved", approvals: 2 } });
  open(ADDRESS);
  const row = await screen.findByRole("row", { name: /approved by 2 persons/ });
  expect(within(row).getByRole("img", { name: "production" })).toHaveTextContent("✓");
  expect(within(row).queryByRole("img", { name: "staging" })).toBeNull();
  expect(within(row).getByRole("link", { name: "release" })).toHaveAttribute("href", `/releases/${ID}`);
  expect(within(row).getByRole("link", { name: "event 2" })).toHaveAttribute("href", "/audit/ledger/2");
  expect(within(screen.getByRole("row", { name: /cleo triggered a run of c0ffee/ })).queryByRole("img")).toBeNull();
});

test("filters are in the address and go to the host", async () => {
  const asked = timeline([entry()]);
  const { user, router } = open(`${ADDRESS}?from=2026-11-01`);
  const option = await screen.findByRole("option", { name: "production" });
  await user.selectOptions(screen.getByLabelText("Where"), option);
  await user.type(screen.getByLabelText("Who"), "c");
  await screen.findByRole("row", { name: /approved/ });
  await waitFor(() => expect(router.state.location.search).toBe("?from=2026-11-01&environment=production&actor=c"));
  await waitFor(() => expect(Object.fromEntries(asked.at(-1) ?? [])).toEqual({ environment: "production", actor: "c", since: "2026-11-01T00:00:00.000Z", group: "none" }));
});

test("by release, what belongs together stands together", async () => {
  timeline([{ release: ID, run: RUN, from: "2026-11-20T09:00:00Z", until: "2026-11-20T10:00:00Z", entries: [entry(), entry({ seq: 8, summary: "rollout started" })] }]);
  open(`${ADDRESS}?group=release`);
  expect(await screen.findByRole("link", { name: "A release" })).toHaveAttribute("href", `/releases/${ID}`);
  expect(screen.getByRole("row", { name: /rollout started/ })).toBeVisible();
});

test("earlier entries are fetched when they are asked for", async () => {
  timeline([entry()], "cursor");
  const { user } = open(ADDRESS);
  await user.click(await screen.findByRole("button", { name: "Earlier" }));
  expect(await screen.findByText(/the first of all/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Earlier" })).toBeNull();
});

test("nothing that the filters show, and nothing at all", async () => {
  timeline([]);
  const { router } = open(`${ADDRESS}?actor=cleo&group=release`);
  expect(await screen.findByText("Nothing that these filters show. Take one away.")).toBeVisible();
  await router.navigate(`${ADDRESS}?group=release`);
  expect(await screen.findByText("Nothing happened yet")).toBeVisible();
});

test("a date that the host refuses", async () => {
  refuses("get", "/api/v1/services/{service}/timeline", 400, { title: "The query is malformed", request_id: "req-3" });
  open(ADDRESS);
  expect(await screen.findByRole("alert")).toHaveTextContent(/The query is malformed.*req-3/);
});
