import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Grant, Token, WhoCanWhat } from "../../api/modules/access";
import { open } from "../../test/render";
import { ben, ID, mayAll } from "../../test/samples";
import { answers, refuses, server, takes, takesBy } from "../../test/server";

const AT = "2026-11-20T10:00:00Z";
const LATER = "2099-01-01T00:00:00Z";
const grant: Grant = { id: "ben|approver|*|*|production", principal: "ben", role: "approver", scope: { service: null, environment: null, tier: "production" }, granted_at: AT, granted_by: "ada", row_version: 3 };
const token: Token = { id: ID, principal: "robot", kind: "service_account", roles: ["developer"], hint: "cicd_12345", created_at: AT, created_by: "ada", expires_at: LATER, last_used_at: null, revoked_at: null, opened_by: null, row_version: 1 };

const rights: WhoCanWhat = {
  roles: [
    { role: "qa", actions: [{ action: "read", reach: "everywhere" }, { action: "release.vote", reach: "nowhere" }] },
    { role: "approver", actions: [{ action: "read", reach: "everywhere" }, { action: "release.vote", reach: "somewhere" }] },
    { role: "viewer", actions: [{ action: "read", reach: "everywhere" }, { action: "release.vote", reach: "nowhere" }] },
  ],
};

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/roles", { items: [grant], next: null });
  answers("/api/v1/tokens", { items: [token], next: null });
  answers("/api/v1/role-rights", rights);
  answers("/api/v1/principals/{principal}/permissions", { ...mayAll, actions: [{ action: "release.vote", allowed: true }, { action: "policy.put", allowed: false, reason: "only an admin may" }] } as never);
});

const ADDRESS = "/governance/access";
const section = (name: string) => screen.findByRole("region", { name });

test("a role is told with where it holds, and taken back at the version that was seen", async () => {
  const gone = takesBy("delete", "/api/v1/roles/{grant}", {});
  const { user } = open(ADDRESS);
  const roles = await section("Roles");
  expect(await within(roles).findByText("tier production")).toBeVisible();
  await user.click(within(roles).getByRole("button", { name: "Take back" }));
  await user.click(screen.getByRole("button", { name: /^Take .+ back$/ }));
  expect(gone[0]?.headers.get("if-match")).toBe('"3"');
});

test("a role is given for one service only", async () => {
  const sent = takes("/api/v1/roles", grant);
  const { user } = open(ADDRESS);
  await user.type(await screen.findByLabelText("To whom"), "dora");
  await user.selectOptions(screen.getByLabelText("Role"), "release-manager");
  await user.type(screen.getByLabelText("Only service"), "lighthouse");
  await user.click(screen.getByRole("button", { name: "Give the role" }));
  expect(sent[0]?.body).toEqual({ principal: "dora", role: "release-manager", scope: { service: "lighthouse" } });
});

test("a role is given for one tier only", async () => {
  const sent = takes("/api/v1/roles", grant);
  const { user } = open(ADDRESS);
  await user.type(await screen.findByLabelText("To whom"), "dora");
  await user.selectOptions(screen.getByLabelText("Only tier"), "staging");
  await user.click(screen.getByRole("button", { name: "Give the role" }));
  expect(sent[0]?.body).toEqual({ principal: "dora", role: "viewer", scope: { tier: "staging" } });
});

test("who may not take back a role or revoke a token is told why", async () => {
  const actions = (["role.manage", "token.manage"] as const).map((action) => ({ action, allowed: false, reason: `no role allows ${action}` }));
  answers("/api/v1/me/permissions", { ...mayAll, actions });
  open(ADDRESS);
  await waitFor(() => expect(screen.getByRole("button", { name: "Take back" })).toHaveAccessibleDescription("no role allows role.manage"));
  await waitFor(() => expect(screen.getByRole("button", { name: "Revoke" })).toHaveAccessibleDescription("no role allows token.manage"));
});

test("the last admin stays, and why is told", async () => {
  refuses("delete", "/api/v1/roles/{grant}", 409, { title: "The last admin stays", detail: "somebody has to be able to give roles" });
  const { user } = open(ADDRESS);
  await user.click(await screen.findByRole("button", { name: "Take back" }));
  await user.click(screen.getByRole("button", { name: /^Take .+ back$/ }));
  expect(await screen.findByText(/somebody has to be able/)).toBeVisible();
});

test("a token says whether anybody uses it, and is revoked at the version that was seen", async () => {
  const revoked = takesBy("delete", "/api/v1/tokens/{id}", token);
  const { user } = open(ADDRESS);
  const tokens = await section("Tokens and sessions");
  expect(await within(tokens).findByText(/never used/)).toBeVisible();
  await user.click(within(tokens).getByRole("button", { name: "Revoke" }));
  expect(revoked).toEqual([]);
  await user.click(screen.getByRole("button", { name: /^Revoke .+ of / }));
  expect(revoked[0]?.headers.get("if-match")).toBe('"1"');
});

test("a token that works no more can't be revoked again", async () => {
  answers("/api/v1/tokens", { items: [{ ...token, revoked_at: AT }], next: null });
  open(ADDRESS);
  const tokens = await section("Tokens and sessions");
  expect(await within(tokens).findByText(/^revoked/)).toBeVisible();
  expect(within(tokens).queryByRole("button", { name: "Revoke" })).toBeNull();
});

test("an expired token says so, and can't be revoked", async () => {
  answers("/api/v1/tokens", { items: [{ ...token, expires_at: AT }], next: null });
  open(ADDRESS);
  const tokens = await section("Tokens and sessions");
  expect(await within(tokens).findByText(/^expired/)).toBeVisible();
  expect(within(tokens).queryByRole("button", { name: "Revoke" })).toBeNull();
});

test("those that work are listed, all of them when they are asked for", async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.get("http://localhost:3000/api/v1/tokens", ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("status"));
      return HttpResponse.json({ items: [token], next: null });
    }),
  );
  const { user, router } = open(`${ADDRESS}?who=dora`);
  const tokens = await section("Tokens and sessions");
  await user.click(within(tokens).getByLabelText("Also those that work no more"));
  await waitFor(() => expect(asked).toEqual(["active", null]));
  expect(router.state.location.search).toBe("?who=dora&tokens=all");
});

test("the text of a new token is shown this once", async () => {
  const sent = takes("/api/v1/tokens", { ...token, token: "cicd_the-text" });
  const { user } = open(ADDRESS);
  await user.type(await screen.findByLabelText("For whom"), "robot");
  await user.selectOptions(screen.getByLabelText("Kind"), "Service account");
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  expect(await screen.findByText("cicd_the-text")).toBeVisible();
  expect(sent[0]?.body).toEqual({ principal: "robot", kind: "service_account", roles: ["viewer"], expires_in_days: 90 });
});

test("who may do what, and why not", async () => {
  open(`${ADDRESS}?who=dora`);
  const who = await section("Who may do what");
  expect(await within(who).findByRole("row", { name: /release.vote/ })).toHaveTextContent("✓ yes");
  expect(within(who).getByRole("row", { name: /policy.put/ })).toHaveTextContent("✕ no only an admin may");
  expect(within(who).getByLabelText("Who")).toHaveValue("dora");
});

test("whoever names nobody sees what they may do themselves, which takes no right", async () => {
  refuses("get", "/api/v1/principals/{principal}/permissions", 403);
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "release.vote", allowed: true }] });
  const { user } = open(`${ADDRESS}?who=dora`);
  const who = await section("Who may do what");
  expect(await within(who).findByText("You may not see or do this")).toBeVisible();
  await user.clear(within(who).getByLabelText("Who"));
  expect(await within(who).findByRole("row", { name: /release.vote/ })).toHaveTextContent("✓ yes");
});

test("a service account is asked about as one", async () => {
  const asked: (string | null)[] = [];
  server.use(http.get("http://localhost:3000/api/v1/principals/:principal/permissions", ({ request }) => {
    asked.push(new URL(request.url).searchParams.get("kind"));
    return HttpResponse.json({ ...mayAll, principal: "robot" });
  }));
  const { user } = open(`${ADDRESS}?who=robot`);
  await user.selectOptions(await screen.findByLabelText("What they are"), "Service account");
  await waitFor(() => expect(asked).toEqual(["person", "service_account"]));
});

test("what each role allows is a table, the known roles first", async () => {
  open(ADDRESS);
  const table = within(await screen.findByRole("table", { name: "Roles by actions" }));
  expect(table.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual(["Action", "viewer", "approver", "qa"]);
  expect(table.getByRole("row", { name: /release.vote/ })).toHaveTextContent("release.votenopartlyno".replace("partly", "◐partly"));
});

test("a token whose text was told to nobody is said to be lost", async () => {
  takes("/api/v1/tokens", { ...token, token: null });
  const { user } = open(ADDRESS);
  await user.type(await screen.findByLabelText("For whom"), "robot");
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  expect(await screen.findByText(/can't be shown again: revoke it/)).toBeVisible();
});

test("who may not manage access sees why, part by part", async () => {
  refuses("get", "/api/v1/roles", 403);
  refuses("get", "/api/v1/tokens", 403);
  open(ADDRESS);
  await waitFor(() => expect(screen.getAllByText("You may not see or do this")).toHaveLength(2));
});
