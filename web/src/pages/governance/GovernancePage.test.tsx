import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Freeze, Lock } from "../../api/modules/governance";
import type { Action } from "../../api/modules/permissions";
import { open } from "../../test/render";
import { ben, ID, mayAll, production } from "../../test/samples";
import { answers, isSilent, refuses, server, takes, takesBy } from "../../test/server";
import { inHours, momentOf } from "./moments";

const AT = "2026-11-20T10:00:00Z";
const freeze: Freeze = { id: ID, scope: { kind: "tier", tier: "production" }, from: AT, until: "2099-11-27T10:00:00Z", reason: "Black Friday", created_at: AT, created_by: "ada", row_version: 4 };
const lock: Lock = { id: ID, deployment: "lighthouse-production", owner: "ben", reason: "incident", expires_at: "2099-11-27T10:00:00Z", created_at: AT, row_version: 2 };

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/deployments", { items: [production], next: null });
  answers("/api/v1/freezes", { items: [], next: null });
  answers("/api/v1/locks", { items: [], next: null });
  answers("/api/v1/policies/{tier}", { tier: "production", minimum_votes: 1, row_version: 0, updated_at: null, updated_by: null });
});

test("a local field means a moment in UTC", () => {
  const now = new Date("2026-11-23T09:30:40Z");
  expect(momentOf(inHours(2, now))).toBe("2026-11-23T11:30:00.000Z");
});

test("nothing holds anything back", async () => {
  open("/governance");
  expect(await screen.findByText("None: deploys may start at any time.")).toBeVisible();
  expect(await screen.findByText("None: nobody holds a deployment.")).toBeVisible();
});

test("a freeze is told with its scope and reason, and lifted for a reason at the version that was seen", async () => {
  answers("/api/v1/freezes", { items: [freeze], next: null });
  const lifted = takesBy("delete", "/api/v1/freezes/{id}", {});
  const { user } = open("/governance");
  const row = (await screen.findByText("Tier production", { selector: "strong" })).closest("li") as HTMLElement;
  expect(row).toHaveTextContent("Black Friday");
  await user.click(within(row).getByRole("button", { name: "Lift" }));
  expect(screen.getByRole("button", { name: "Lift the freeze" })).toHaveAccessibleDescription("Say why first.");
  await user.type(screen.getByLabelText("Reason"), "it is over");
  await user.click(screen.getByRole("button", { name: "Lift the freeze" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(lifted[0]?.headers.get("if-match")).toBe('"4"');
  expect(lifted[0]?.query.get("reason")).toBe("it is over");
});

test("a freeze whose lifting was not answered is lifted when it is not found any more", async () => {
  answers("/api/v1/freezes", { items: [freeze], next: null });
  let asked = 0;
  server.use(http.delete("http://localhost:3000/api/v1/freezes/:id", () => {
    asked += 1;
    return asked === 1 ? HttpResponse.error() : HttpResponse.json({ title: "Not found" }, { status: 404 });
  }));
  const { user } = open("/governance");
  await user.click(await screen.findByRole("button", { name: "Lift" }));
  await user.type(screen.getByLabelText("Reason"), "it is over");
  await user.click(screen.getByRole("button", { name: "Lift the freeze" }));
  expect(await screen.findByText(/host can't be reached/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Lift the freeze" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked).toBe(2);
});

test("a freeze needs a reason, and is asked for in UTC", async () => {
  const sent = takes("/api/v1/freezes", freeze);
  const { user } = open("/governance");
  expect(await screen.findByRole("button", { name: "Add the freeze" })).toHaveAccessibleDescription("Say why first.");
  await user.selectOptions(screen.getByLabelText("What"), "Everything");
  await user.type(screen.getByLabelText("Reason of the freeze"), "holidays");
  await user.click(screen.getByRole("button", { name: "Add the freeze" }));
  expect(sent[0]?.body).toMatchObject({ scope: { kind: "tenant" }, reason: "holidays", from: expect.stringMatching(/Z$/) });
  expect(sent[0]?.headers.get("idempotency-key")).toBeTruthy();
});

test("one deployment is frozen alone", async () => {
  const sent = takes("/api/v1/freezes", freeze);
  const { user } = open("/governance");
  await user.selectOptions(await screen.findByLabelText("What"), "One deployment");
  await user.type(screen.getByLabelText("Reason of the freeze"), "the moon is full");
  expect(screen.getByRole("button", { name: "Add the freeze" })).toHaveAccessibleDescription("Choose the deployment first.");
  const choice = screen.getByLabelText("Deployment to freeze");
  await user.selectOptions(choice, await within(choice).findByRole("option", { name: "lighthouse-production (production)" }));
  await user.click(screen.getByRole("button", { name: "Add the freeze" }));
  expect(sent[0]?.body).toMatchObject({ scope: { kind: "deployment", deployment: "lighthouse-production" } });
});

test("each violation is told with its place", async () => {
  refuses("post", "/api/v1/freezes", 422, { title: "The request is invalid", violations: [{ path: "/until", code: "order", message: "a freeze ends after it begins" }] });
  const { user } = open("/governance");
  await user.type(await screen.findByLabelText("Reason of the freeze"), "holidays");
  await user.click(screen.getByRole("button", { name: "Add the freeze" }));
  expect(await screen.findByText("/until")).toBeVisible();
  expect(screen.getByText(/a freeze ends after it begins/)).toBeVisible();
});

test("a lock is taken, and lifted for a reason at the version that was seen", async () => {
  answers("/api/v1/locks", { items: [lock], next: null });
  const [taken, lifted] = [takes("/api/v1/locks", lock), takesBy("delete", "/api/v1/locks/{id}", {})];
  const { user } = open("/governance");
  await user.click(await screen.findByRole("button", { name: "Lift" }));
  await user.type(screen.getByLabelText("Reason"), "it ships");
  await user.click(screen.getByRole("button", { name: "Lift the lock" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(lifted[0]?.headers.get("if-match")).toBe('"2"');
  expect(lifted[0]?.query.get("reason")).toBe("it ships");
  await user.selectOptions(screen.getByLabelText("Deployment to lock"), await screen.findByRole("option", { name: "lighthouse-production (production)" }));
  await user.type(screen.getByLabelText("Reason of the lock"), "incident");
  await user.click(screen.getByRole("button", { name: "Take the lock" }));
  expect(taken[0]?.body).toMatchObject({ deployment: "lighthouse-production", reason: "incident" });
});

test("a floor that nobody stored is created, and never written over", async () => {
  const sent = takesBy("put", "/api/v1/policies/{tier}", {});
  const { user } = open("/governance");
  const field = await screen.findByLabelText("Votes in production");
  await user.clear(field);
  await user.type(field, "2");
  await user.click(screen.getAllByRole("button", { name: "Save" })[0] as HTMLElement);
  expect(sent[0]?.body).toEqual({ minimum_votes: 2 });
  expect(sent[0]?.headers.get("if-none-match")).toBe("*");
});

test("who may not set rules is told why", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "policy.put", allowed: false, reason: "only an admin may" }] } as never);
  open("/governance");
  await waitFor(() => expect(screen.getAllByText("only an admin may")).toHaveLength(3));
});

test("one part that can't be read leaves the others as they are", async () => {
  isSilent("/api/v1/freezes");
  answers("/api/v1/locks", { items: [lock], next: null });
  open("/governance");
  expect(await screen.findByText("The host can't be reached")).toBeVisible();
  expect(await screen.findByText("incident")).toBeVisible();
});

/** Answers who may do what: in the whole tenant nothing, at a deployment what `there` says. */
function mayOnly(there: Partial<Record<Action, boolean>>): void {
  server.use(
    http.get("http://localhost:3000/api/v1/me/permissions", ({ request }) => {
      const isThere = request.url.includes("deployment=");
      const actions = (["freeze.write", "lock.write", "lock.break"] as const).map((action) => ({ action, allowed: isThere && (there[action] ?? false), reason: `no role allows ${action}` }));
      return HttpResponse.json({ ...mayAll, actions });
    }),
  );
}

test("a freeze that is yet to come says so", async () => {
  answers("/api/v1/freezes", { items: [{ ...freeze, from: "2099-11-26T10:00:00Z" }], next: null });
  open("/governance");
  expect(await screen.findByText("planned")).toBeVisible();
  expect(screen.getByRole("button", { name: "Lift" })).toBeVisible();
});

test("what is over says so, and can't be lifted", async () => {
  answers("/api/v1/freezes", { items: [{ ...freeze, until: "2026-01-01T00:00:00Z" }], next: null });
  answers("/api/v1/locks", { items: [{ ...lock, expires_at: "2026-01-01T00:00:00Z" }], next: null });
  open("/governance");
  expect(await screen.findByText("ended")).toBeVisible();
  expect(await screen.findByText("expired")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Lift" })).toBeNull();
});

test("who may not lift a freeze or a lock is told why", async () => {
  answers("/api/v1/freezes", { items: [{ ...freeze, scope: { kind: "tenant" } }], next: null });
  answers("/api/v1/locks", { items: [{ ...lock, owner: "cleo" }], next: null });
  mayOnly({});
  open("/governance");
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Lift" })).toHaveLength(2));
  const [lifts, breaks] = screen.getAllByRole("button", { name: "Lift" });
  await waitFor(() => expect(lifts).toHaveAccessibleDescription("no role allows freeze.write"));
  await waitFor(() => expect(breaks).toHaveAccessibleDescription("no role allows lock.break"));
});

test("a role may hold for one tier: what is frozen there may be lifted, as far as the page knows", async () => {
  answers("/api/v1/freezes", { items: [freeze], next: null });
  mayOnly({});
  open("/governance");
  await waitFor(() => expect(screen.getByRole("button", { name: "Add the freeze" })).toHaveAccessibleDescription("Say why first."));
  expect(await screen.findByRole("button", { name: "Lift" })).toBeEnabled();
});

test("a role that holds at one deployment is enough there", async () => {
  answers("/api/v1/freezes", { items: [{ ...freeze, scope: { kind: "deployment", deployment: "lighthouse-production" } }], next: null });
  answers("/api/v1/locks", { items: [lock], next: null });
  mayOnly({ "freeze.write": true, "lock.write": true });
  open("/governance");
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Lift" })).toHaveLength(2));
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Lift" }).every((button) => !button.hasAttribute("disabled"))).toBe(true));
});

test("what can't be chosen from can be read again", async () => {
  isSilent("/api/v1/deployments");
  const { user } = open("/governance");
  const form = within((await screen.findByRole("heading", { name: "Lock" })).closest("form") as HTMLElement);
  expect(await form.findByText(/The host can't be reached/)).toBeVisible();
  answers("/api/v1/deployments", { items: [production], next: null });
  await user.click(form.getByRole("button", { name: "Try again" }));
  expect(await form.findByRole("option", { name: "lighthouse-production (production)" })).toBeInTheDocument();
});
