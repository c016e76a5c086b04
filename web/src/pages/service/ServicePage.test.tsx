import { screen, waitFor, within } from "@testing-library/react";
import { delay, http } from "msw";
import { beforeEach, expect, test } from "vitest";

import { open } from "../../test/render";
import { ben, glance, ID, lighthouse, mayAll, production, run, RUN, waiting } from "../../test/samples";
import { answers, isSilent, refuses, says, server, takes, takesBy } from "../../test/server";

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/services/{service}", lighthouse);
  answers("/api/v1/overview", { items: [glance({ environment: "staging", tier: "staging" }), glance()], next: null });
  answers("/api/v1/releases", { items: [waiting], next: null });
  answers("/api/v1/services/{service}/ci-runs", { items: [run()], next: null });
});

test("environments come in the order that leads to production", async () => {
  open("/services/lighthouse");
  expect(await screen.findByRole("heading", { name: "Lighthouse" })).toBeVisible();
  const lane = await screen.findAllByRole("heading", { level: 3 });
  expect(lane.map((heading) => heading.textContent)).toEqual(["staging", "production"]);
});

test("releases and runs say where they stand, and lead on", async () => {
  open("/services/lighthouse");
  const releases = await screen.findByRole("region", { name: "Releases" });
  expect(await within(releases).findByText("Waiting for approval")).toBeVisible();
  const runs = screen.getByRole("region", { name: "CI runs" });
  expect(await within(runs).findByRole("link", { name: "c0ffee0000" })).toHaveAttribute("href", `/ci-runs/${RUN}`);
  expect(runs).toHaveTextContent("branch main");
});

test("how long runs took is drawn, and said of each", async () => {
  const slow = run({ id: ID, started_at: "2026-11-20T10:00:00Z", finished_at: "2026-11-20T10:01:02Z" });
  answers("/api/v1/services/{service}/ci-runs", { items: [run(), slow], next: null });
  open("/services/lighthouse");
  const runs = await screen.findByRole("region", { name: "CI runs" });
  expect(await within(runs).findByRole("img", { name: "How long the last 2 runs took: from 0 ms to 1 min 2 s, the newest 0 ms; 2 succeeded." })).toBeVisible();
  expect(runs).toHaveTextContent("took 1 min 2 s, ada");
});

test("a run is asked for once, and shown", async () => {
  const sent = takes("/api/v1/services/{service}/ci-runs", run());
  answers("/api/v1/ci-runs/{id}", run());
  says("/api/v1/ci-runs/{id}/log", "done");
  const { user, router } = open("/services/lighthouse");
  const button = await screen.findByRole("button", { name: "Run" });
  expect(button).toHaveAccessibleDescription("Name a commit first.");
  await user.type(screen.getByLabelText("Commit"), "c0ffee");
  await user.type(screen.getByLabelText(/Branch/), "main");
  await user.click(button);
  expect(await screen.findByRole("heading", { name: /CI run of/ })).toBeVisible();
  expect(router.state.location.pathname).toBe(`/ci-runs/${RUN}`);
  expect(sent[0]?.body).toEqual({ commit: "c0ffee", git_ref: { type: "branch", name: "main" } });
  expect(sent[0]?.headers.get("idempotency-key")).toMatch(/[0-9a-f-]{36}/);
});

test("what the trigger policy refuses is said where it was asked", async () => {
  refuses("post", "/api/v1/services/{service}/ci-runs", 409, { title: "The trigger is blocked", detail: "the trigger mode is `source-event`" });
  const { user } = open("/services/lighthouse");
  await user.type(await screen.findByLabelText("Commit"), "c0ffee");
  await user.click(screen.getByRole("button", { name: "Run" }));
  expect(await screen.findByText(/the trigger mode is/)).toBeVisible();
});

test("who may not ask for a run is told why", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "ci_run.trigger", allowed: false, reason: "no role of yours allows it" }] } as never);
  open("/services/lighthouse");
  expect(await screen.findByText("no role of yours allows it")).toBeVisible();
  expect(screen.getByRole("button", { name: "Run" })).toBeDisabled();
});

test("a service without anything says what to do next", async () => {
  answers("/api/v1/overview", { items: [], next: null });
  answers("/api/v1/releases", { items: [], next: null });
  answers("/api/v1/services/{service}/ci-runs", { items: [], next: null });
  open("/services/lighthouse");
  expect(await screen.findByText("It runs nowhere yet")).toBeVisible();
  expect(await screen.findByText("Nothing was released yet")).toBeVisible();
  expect(await screen.findByText("Nothing was built yet")).toBeVisible();
});

test.each([[404, "There is no such thing"], [403, "You may not see or do this"], [503, "Refused"]])("a refusal with %i", async (status, title) => {
  refuses("get", "/api/v1/services/{service}", status, { request_id: "req-9" });
  open("/services/lighthouse");
  expect(await screen.findByRole("alert")).toHaveTextContent(new RegExp(`${title}.*req-9`));
});

test("a page keeps its heading while it is tried again", async () => {
  refuses("get", "/api/v1/services/{service}", 503);
  const { user } = open("/services/lighthouse");
  const again = await screen.findByRole("button", { name: "Try again" });
  server.use(http.get("http://localhost:3000/api/v1/services/:service", () => delay("infinite")));
  await user.click(again);
  expect(await screen.findByText(/Loading the service/)).toBeVisible();
  expect(screen.getByRole("heading", { level: 1, name: "lighthouse" })).toBeVisible();
});

test("offline, a part that can't be read can be tried again", async () => {
  isSilent("/api/v1/services/{service}/ci-runs");
  const { user } = open("/services/lighthouse");
  expect(await screen.findByText("The host can't be reached")).toBeVisible();
  answers("/api/v1/services/{service}/ci-runs", { items: [run()], next: null });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "c0ffee0000" })).toBeVisible();
});

test("the services, and where to register one when there is none", async () => {
  answers("/api/v1/services", { items: [lighthouse], next: null });
  open("/services");
  expect(await screen.findByRole("link", { name: "Lighthouse" })).toHaveAttribute("href", "/services/lighthouse");
});

test("no service yet", async () => {
  answers("/api/v1/services", { items: [], next: null });
  open("/services");
  expect(await screen.findByText("No service is registered")).toBeVisible();
});

test("a hold says why, and is lifted with a reason at the version that was seen", async () => {
  const hold = { reason: "executor_silent" as const, release: RUN, since: "2026-11-20T10:00:00Z" };
  answers("/api/v1/overview", { items: [glance({ hold, attention: ["held"] })], next: null });
  answers("/api/v1/deployments/{deployment}", { ...production, hold, row_version: 6 });
  const lifted = takesBy("delete", "/api/v1/deployments/{deployment}/hold", {});
  const { user } = open("/services/lighthouse");
  expect(await screen.findByText(/nobody knows what runs/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Lift the hold" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Lift the hold" }));
  await user.type(dialog.getByLabelText("Reason"), "looked: 1.3.0 runs");
  await user.click(dialog.getByRole("button", { name: "Lift the hold" }));
  await waitFor(() => expect(lifted[0]?.headers.get("if-match")).toBe('"6"'));
});

test("who may not lift a hold is told why", async () => {
  const hold = { reason: "undo_failed" as const, release: RUN, since: "2026-11-20T10:00:00Z" };
  answers("/api/v1/overview", { items: [glance({ hold, attention: ["held"] })], next: null });
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "deployment.lift_hold", allowed: false, reason: "needs the role release-manager" }] });
  open("/services/lighthouse");
  const button = await screen.findByRole("button", { name: "Lift the hold" });
  await waitFor(() => expect(button).toHaveAccessibleDescription("needs the role release-manager"));
});
