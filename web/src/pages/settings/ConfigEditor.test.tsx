import { readFileSync } from "node:fs";

import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeAll, beforeEach, expect, test } from "vitest";

import type { CdConfig } from "../../api/modules/cdConfig";
import { initSync } from "../../api/rules";
import { violations } from "../../test/axe";
import { open } from "../../test/render";
import { ben, lighthouse, mayAll, production, run, waiting } from "../../test/samples";
import { answers, refuses, server, takesBy } from "../../test/server";

const CI = "/services/lighthouse/settings";
const CD = `${CI}/lighthouse-production`;
const about = { revision: 3, row_version: 7, updated_at: "2026-11-20T10:00:00.000000Z", updated_by: "ada" };
const cdConfig: CdConfig = {
  deployment: "lighthouse-production",
  ...about,
  spec: { strategy: waiting.content.strategy, approval: waiting.content.approval, queue: "supersede", when_stale: "cancel", rollback: { approval: [] }, deadline_seconds: 3600, allow_external_artifacts: false },
};

beforeAll(() => initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm")));

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/deployments", { items: [production], next: null });
  answers("/api/v1/audit-events", { items: [], next: null });
  answers("/api/v1/services/{service}/ci-config", { service: "lighthouse", ...about, spec: run().spec });
  answers("/api/v1/deployments/{deployment}/cd-config", cdConfig);
});

/** Takes what is put to a CD config; tells what was really saved. */
function takesCdConfigs(): object[] {
  const saved: object[] = [];
  server.use(
    http.put("http://localhost:3000/api/v1/deployments/:id/cd-config", async ({ request }) => {
      const spec = (await request.json()) as object;
      if (!request.url.includes("dry_run=true")) saved.push(spec);
      return HttpResponse.json({ ...cdConfig, revision: 4, row_version: 8, spec });
    }),
  );
  return saved;
}

async function changeQueue(user: ReturnType<typeof open>["user"]): Promise<void> {
  await user.selectOptions(await screen.findByLabelText("Releases that wait for the same place"), "wait");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeEnabled());
  await user.click(screen.getByRole("button", { name: "Save" }));
}

test("what production follows is saved once it was shown and the service's name is typed", async () => {
  const saved = takesCdConfigs();
  const { user } = open(CD);
  await changeQueue(user);
  const dialog = await screen.findByRole("dialog", { name: "Save in production" });
  expect(dialog).toHaveTextContent(/Releases that wait are cancelled/);
  expect(within(dialog).getByRole("row", { name: /queue/ })).toHaveTextContent("/queuesupersedewait");
  const go = within(dialog).getByRole("button", { name: "Save in production" });
  expect(go).toHaveAccessibleDescription("Type lighthouse first.");
  expect(await violations()).toEqual([]);
  await user.type(within(dialog).getByLabelText(/This is production/), "lighthous");
  expect(go).toBeDisabled();
  expect(saved).toEqual([]);
  await user.type(within(dialog).getByLabelText(/This is production/), "e");
  await user.click(go);
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(saved).toMatchObject([{ queue: "wait" }]);
});

test("elsewhere one click saves", async () => {
  answers("/api/v1/deployments", { items: [{ ...production, spec: { ...production.spec, tier: "staging", environment: "staging" } }], next: null });
  const saved = takesCdConfigs();
  const { user } = open(CD);
  await changeQueue(user);
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(saved).toHaveLength(1);
});

test("a config is deleted at the version that was seen, after it was said what that means", async () => {
  const gone = takesBy("delete", "/api/v1/services/{service}/ci-config", {});
  const saved = takesBy("put", "/api/v1/services/{service}/ci-config", {});
  const { user } = open(CI);
  await user.click(await screen.findByRole("button", { name: "Delete the CI config" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Delete the CI config" }));
  expect(dialog.getByText(/Nothing of lighthouse can be built until/)).toBeVisible();
  expect(dialog.queryByLabelText(/This is production/)).toBeNull();
  expect(gone).toEqual([]);
  await user.click(dialog.getByRole("button", { name: "Delete the CI config" }));
  expect(await screen.findByText("Nobody said yet how it is built")).toBeVisible();
  expect(gone[0]?.headers.get("if-match")).toBe('"7"');
  expect(saved).toEqual([]);
});

test("in production the service's name is typed before a config is deleted; a newer one is not deleted unseen", async () => {
  refuses("delete", "/api/v1/deployments/{deployment}/cd-config", 412, { title: "It has another version", request_id: "req-8" });
  const { user } = open(CD);
  await user.click(await screen.findByRole("button", { name: "Delete the CD config" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Delete the CD config" }));
  expect(dialog.getByRole("button", { name: "Delete the CD config" })).toHaveAccessibleDescription("Type lighthouse first.");
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  answers("/api/v1/deployments/{deployment}/cd-config", { ...cdConfig, revision: 4, row_version: 8, updated_by: "cleo" });
  await user.click(dialog.getByRole("button", { name: "Delete the CD config" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(/It has another version.*req-8/);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(await screen.findByText("cleo")).toBeVisible();
});

test("who may not delete it is told why", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "cd_config.put", allowed: false, reason: "needs the role admin" }] });
  open(CD);
  await waitFor(() => expect(screen.getByRole("button", { name: "Delete the CD config" })).toHaveAccessibleDescription("needs the role admin"));
});

test("deleted by somebody else, what one has changed stays and can be written anew", async () => {
  const conditions: (string | null)[] = [];
  server.use(
    http.put("http://localhost:3000/api/v1/services/:service/ci-config", async ({ request }) => {
      conditions.push(request.headers.get("if-match") ?? request.headers.get("if-none-match"));
      if (request.headers.has("if-match")) {
        refuses("get", "/api/v1/services/{service}/ci-config", 404);
        return HttpResponse.json({ type: "/problems/precondition-failed", title: "It has another version", status: 412, detail: "-", request_id: "r" }, { status: 412, headers: { "content-type": "application/problem+json" } });
      }
      return HttpResponse.json({ service: "lighthouse", ...about, row_version: 1, spec: await request.json() });
    }),
  );
  const { user } = open(CI);
  await user.type(await screen.findByLabelText("Tags"), "v*");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Somebody deleted it meanwhile/)).toBeVisible();
  expect(screen.getByLabelText("Tags")).toHaveValue("v*");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeEnabled());
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(conditions.at(-1)).toBe("*");
});

test("what a deployment is in production is changed after the service's name is typed", async () => {
  answers("/api/v1/deployments/{deployment}", { ...production, row_version: 5 });
  const puts: [string | null, unknown][] = [];
  server.use(
    http.put("http://localhost:3000/api/v1/deployments/:id", async ({ request }) => {
      const spec = (await request.json()) as object;
      if (!request.url.includes("dry_run=true")) puts.push([request.headers.get("if-match"), spec]);
      return HttpResponse.json({ ...production, row_version: 6, spec });
    }),
  );
  const { user } = open(CD);
  await user.click(await screen.findByRole("link", { name: "What it is" }));
  await user.selectOptions(await screen.findByLabelText("Tier"), "staging");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeEnabled());
  await user.click(screen.getByRole("button", { name: "Save" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Save in production" }));
  expect(dialog.getByRole("row", { name: /tier/ })).toHaveTextContent("/tierproductionstaging");
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(dialog.getByRole("button", { name: "Save in production" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(puts).toMatchObject([['"5"', { tier: "staging", executor: "command", environment: "production" }]]);
  expect(screen.queryByRole("button", { name: /Delete/ })).toBeNull();
});

test("somebody else changed a deployment: nothing that was typed is lost", async () => {
  answers("/api/v1/deployments/{deployment}", { ...production, row_version: 5 });
  server.use(
    http.put("http://localhost:3000/api/v1/deployments/:id", ({ request }) => {
      if (request.url.includes("dry_run=true")) return HttpResponse.json({ ...production, row_version: 5, spec: { ...production.spec, executor: "rocket" } });
      answers("/api/v1/deployments/{deployment}", { ...production, revision: 2, row_version: 6, updated_by: "cleo", spec: { ...production.spec, tier: "staging" } });
      return HttpResponse.json({ type: "/problems/precondition-failed", title: "It has another version", status: 412, detail: "-", request_id: "r" }, { status: 412, headers: { "content-type": "application/problem+json" } });
    }),
  );
  const { user } = open(`${CD}/place`);
  const executor = await screen.findByLabelText("Executor");
  await user.clear(executor);
  await user.type(executor, "rocket");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.type(await screen.findByLabelText(/This is production/), "lighthouse{enter}");
  const conflict = await screen.findByRole("region", { name: "Somebody else saved meanwhile" });
  expect(conflict).toHaveTextContent(/cleo saved revision 2/);
  expect(executor).toHaveValue("rocket");
});

test("a service is called something else, at the version that was read", async () => {
  answers("/api/v1/services/{service}", lighthouse);
  const sent = takesBy("put", "/api/v1/services/{service}", { ...lighthouse, name: "Big lighthouse", row_version: 2 });
  const { user } = open("/services/lighthouse/about");
  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Big lighthouse");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(sent.at(-1)?.headers.get("if-match")).toBe('"1"');
  expect(sent.at(-1)?.body).toEqual({ name: "Big lighthouse", description: "It shines" });
});
