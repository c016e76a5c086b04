import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { Source, SourceDelivery } from "../../api/modules/sources";
import { open } from "../../test/render";
import { ben, ID, RUN } from "../../test/samples";
import { answers, refuses, takes } from "../../test/server";

const AT = "2026-11-20T10:00:00Z";
const source: Source = {
  id: ID, name: "Lighthouse on the forge", service: "lighthouse", provider: "forgejo", scheme: "signature", secrets: [{ secret: "hook" }], events: ["push", "tag"],
  hook: `/api/v1/hooks/${ID}`, created_at: AT, updated_at: AT, updated_by: "ada", row_version: 1,
};
const push = { kind: "push" as const, commit: "c0ffee".padEnd(40, "0"), git_ref: { type: "branch" as const, name: "main" }, author: null, changed_paths: null, link: null, repositories: [] };
const delivery: SourceDelivery = {
  id: RUN, source: ID, service: "lighthouse", event: "push", sender_id: "1", body: `sha256:${"ab".repeat(32)}`, received_at: AT, redeliveries: 1, redelivered_by: "ada", row_version: 2,
  changes: [{ event: push, outcome: { status: "triggered", run: RUN } }, { event: null, outcome: { status: "ignored", reason: { code: "deleted" }, message: "the branch is gone" } }],
};

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/sources", { items: [source], next: null });
  answers("/api/v1/sources/{id}", source);
  answers("/api/v1/sources/{id}/deliveries", { items: [delivery], next: null });
});

test("sources tell who sends what to where", async () => {
  open("/governance/sources");
  const card = (await screen.findByRole("link", { name: "Lighthouse on the forge" })).closest("li") as HTMLElement;
  expect(card).toHaveTextContent("forgejo, shown by signature; starts runs of lighthouse on push, tag");
  expect(within(card).getByText(source.hook)).toBeVisible();
});

test("no source yet", async () => {
  answers("/api/v1/sources", { items: [], next: null });
  open("/governance/sources");
  expect(await screen.findByText("No source yet")).toBeVisible();
});

test("a delivery tells what came of each part, and is decided again when asked", async () => {
  const sent = takes("/api/v1/sources/{id}/deliveries/{delivery}/redeliver", delivery);
  const { user } = open(`/governance/sources/${ID}`);
  expect(await screen.findByRole("link", { name: "run" })).toHaveAttribute("href", `/ci-runs/${RUN}`);
  expect(screen.getByText(/the branch is gone/)).toBeVisible();
  expect(screen.getByText(/redelivered 1 ×/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Redeliver" }));
  expect(sent[0]?.headers.get("idempotency-key")).toBeTruthy();
});

test("nothing was delivered yet", async () => {
  answers("/api/v1/sources/{id}/deliveries", { items: [], next: null });
  open(`/governance/sources/${ID}`);
  expect(await screen.findByText("Nothing was delivered yet")).toBeVisible();
});

test("a source of somebody else", async () => {
  refuses("get", "/api/v1/sources/{id}", 404, { request_id: "req-4" });
  open(`/governance/sources/${ID}`);
  expect(await screen.findByRole("alert")).toHaveTextContent(/There is no such thing.*req-4/);
});
