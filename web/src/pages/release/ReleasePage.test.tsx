import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Action, Permissions } from "../../api/modules/permissions";
import type { ReleaseDetail } from "../../api/modules/releases";
import { open } from "../../test/render";
import { ben, detail, glance, ID, RUN, waiting } from "../../test/samples";
import { answers, refuses, server, takes } from "../../test/server";
import { stepsOf } from "./steps";

const PAGE = `/releases/${ID}`;
const executing = (step: number, phase: object): Partial<ReleaseDetail> => ({
  state: { status: "executing", attempt: ID, epoch: 1, step, reports: 0, takeovers: 0, started_at: waiting.created_at, deadline_at: waiting.created_at, phase } as ReleaseDetail["state"],
});

/** What the caller may do; `refused` he may not. */
const may = (roles: string[], refused: Action[] = []): Permissions => ({
  principal: "ben",
  governance_epoch: 1,
  roles,
  actions: (["release.vote", "release.cancel", "release.resume", "release.promote", "release.abort", "release.rollback"] as const).map((action) =>
    refused.includes(action) ? { action, allowed: false, reason: "needs another role" } : { action, allowed: true },
  ),
});

beforeEach(() => {
  answers("/api/v1/overview", { items: [glance()], next: null });
  answers("/api/v1/me/permissions", may(["approver"]));
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/releases/{id}/explain", {
    release: ID,
    state: "pending_approval",
    open: false,
    gates: [{ gate: "votes", open: false, reason: "1 vote is missing", opened_by: ["approver"], opens_at: null }],
  });
  server.use(http.get("http://localhost:3000/api/v1/releases/:id/log", () => HttpResponse.text("step 1\nstep 2\n")));
});

test("an approval carries the content that was seen, once", async () => {
  answers("/api/v1/releases/{id}", detail());
  const sent = takes("/api/v1/releases/{id}/approve", waiting);
  const { user } = open(PAGE);
  expect(await screen.findByText(/Yours is the last vote/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Approve" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({ content: waiting.content_digest });
  expect(sent[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a rejection needs a comment", async () => {
  answers("/api/v1/releases/{id}", detail());
  const sent = takes("/api/v1/releases/{id}/reject", waiting);
  const { user } = open(PAGE);
  const reject = await screen.findByRole("button", { name: "Reject" });
  expect(reject).toBeDisabled();
  expect(reject).toHaveAccessibleDescription("Say why first.");
  await user.type(screen.getByLabelText(/Comment/), "too dim");
  await user.click(reject);
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({ content: waiting.content_digest, comment: "too dim" });
});

test("the requester is told why not", async () => {
  answers("/api/v1/releases/{id}", detail({ requester: "ben", allowed_commands: ["cancel"] }));
  open(PAGE);
  expect(await screen.findByText(/somebody else has to agree/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
});

test("who isn't asked sees why the buttons don't work", async () => {
  answers("/api/v1/me/permissions", may(["developer"]));
  answers("/api/v1/releases/{id}", detail());
  open(PAGE);
  const approve = await screen.findByRole("button", { name: "Approve" });
  await waitFor(() => expect(approve).toBeDisabled());
  expect(approve).toHaveAccessibleDescription("Only votes by the role approver are missing.");
});

test("a command that the caller may not give says why", async () => {
  answers("/api/v1/me/permissions", may(["approver"], ["release.cancel"]));
  answers("/api/v1/releases/{id}", detail({ allowed_commands: ["approve", "reject", "cancel"] }));
  open(PAGE);
  const cancel = await screen.findByRole("button", { name: "Cancel" });
  await waitFor(() => expect(cancel).toBeDisabled());
  expect(cancel).toHaveAccessibleDescription("needs another role");
});

test("a vote that came too late is told, and the page reads what happened", async () => {
  answers("/api/v1/releases/{id}", detail());
  refuses("post", "/api/v1/releases/{id}/approve", 409, { title: "The state does not take this command", request_id: "req-3" });
  const { user } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Approve" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(/The state does not take this command.*req-3/);
});

test("it says which gate is closed and who can open it", async () => {
  answers("/api/v1/releases/{id}", detail());
  open(PAGE);
  expect(await screen.findByText("1 vote is missing")).toBeVisible();
  expect(screen.getByText("Can open it: approver")).toBeVisible();
});

test("a rollout that waits offers to go on", async () => {
  const phase = { phase: "waiting", reason: { code: "strategy" }, since: waiting.created_at, until: null };
  answers("/api/v1/releases/{id}", detail({ ...executing(0, phase), allowed_commands: ["resume", "promote", "abort"], outstanding: [] }));
  const sent = takes("/api/v1/releases/{id}/resume", waiting);
  const { user } = open(PAGE);
  expect(await screen.findByText(/somebody has to resume it/)).toBeVisible();
  expect(await screen.findByLabelText("The log's last lines")).toHaveTextContent("step 2");
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(sent).toHaveLength(1));
});

test.each([
  // The plan: apply, 20 %, pause, analyse, 60 %, pause, promote.
  [0, "running", ["current", "ahead", "ahead", "ahead"]],
  [1, "running", ["done", "current", "ahead", "ahead"]],
  [3, "waiting", ["done", "current", "ahead", "ahead"]],
  [3, "running", ["done", "current", "ahead", "ahead"]],
  [4, "running", ["done", "done", "current", "ahead"]],
  [6, "waiting", ["done", "done", "current", "ahead"]],
  [6, "running", ["done", "done", "done", "current"]],
])("at step %i of the plan, %s, the shown steps are %j", (step, phase, expected) => {
  expect(stepsOf(detail(executing(step, { phase }))).map(({ progress }) => progress)).toEqual(expected);
});

test("a release that a later one took back had all its steps, and leads to that one", async () => {
  const state = { status: "rolled_back", started_at: waiting.created_at, finished_at: waiting.created_at, cause: { code: "undone_by", release: "r-9" } } as ReleaseDetail["state"];
  answers("/api/v1/releases/{id}", detail({ state, allowed_commands: [], outstanding: [] }));
  open(PAGE);
  expect(await screen.findByRole("link", { name: "another release" })).toHaveAttribute("href", "/releases/r-9");
  expect(stepsOf(detail({ state })).map(({ progress }) => progress)).toEqual(["done", "done", "done", "done"]);
});

test("a release of somebody else is not there", async () => {
  refuses("get", "/api/v1/releases/{id}", 404, { request_id: "req-8" });
  open(PAGE);
  expect(await screen.findByRole("alert")).toHaveTextContent(/There is no such thing.*req-8/);
});

test("markup in what people wrote stays text", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  answers("/api/v1/releases/{id}", detail({ reason: evil, version: evil, votes: waiting.votes.map((vote) => ({ ...vote, comment: evil })) }));
  open(PAGE);
  expect((await screen.findAllByText(evil)).length).toBeGreaterThan(1);
  expect(document.querySelector("img")).toBeNull();
});

test("going back in production asks for a reason and the service's name, and leads to the new release", async () => {
  const state = { status: "succeeded", started_at: waiting.created_at, finished_at: waiting.created_at } as const;
  answers("/api/v1/releases/{id}", detail({ state, allowed_commands: [], outstanding: [], rollback_candidates: ["r-0"] }));
  const sent = takes("/api/v1/releases/{id}/rollback", { ...waiting, id: "r-9" });
  const { user, router } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Roll back" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Roll back" }));
  const confirm = dialog.getByRole("button", { name: "Roll back" });
  expect(confirm).toHaveAccessibleDescription("Say why first.");
  await user.type(dialog.getByLabelText("Reason"), "too bright");
  expect(confirm).toBeDisabled();
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(confirm);
  await waitFor(() => expect(router.state.location.pathname).toBe("/releases/r-9"));
  expect(sent[0]?.body).toEqual({ reason: "too bright" });
});

test("a failed release is tried once more as a release of its own", async () => {
  const state = { status: "failed", cause: { code: "deadline_exceeded" }, started_at: waiting.created_at, finished_at: waiting.created_at } as never;
  answers("/api/v1/releases/{id}", detail({ state, allowed_commands: [], outstanding: [] }));
  const sent = takes("/api/v1/releases/{id}/retry", { ...waiting, id: "r-7" });
  const { user, router } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Retry" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Retry" }));
  expect(dialog.queryByLabelText(/This is production/)).toBeNull();
  await user.type(dialog.getByLabelText("Reason"), "the network is back");
  await user.click(dialog.getByRole("button", { name: "Retry" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/releases/r-7"));
  expect(sent[0]?.body).toEqual({ reason: "the network is back" });
});

test("what is different from what runs is told member by member", async () => {
  const earlier = detail({ id: RUN, version: "1.3.0", content: { ...waiting.content, cd_config_revision: 2, artifact: { ...waiting.content.artifact, digest: "sha256:00" } } });
  server.use(http.get("http://localhost:3000/api/v1/releases/:id", ({ params }) => HttpResponse.json(params["id"] === RUN ? earlier : detail())));
  answers("/api/v1/overview", { items: [glance({ running: { release: RUN, version: "1.3.0", artifact: "sha256:00", since: waiting.created_at } })], next: null });
  open(PAGE);
  const difference = within(await screen.findByRole("region", { name: "What is different from what runs" }));
  expect(await difference.findByRole("row", { name: /version/ })).toHaveTextContent("/version1.3.01.4.0");
  expect(difference.getByRole("row", { name: /cd_config_revision/ })).toHaveTextContent("21");
  expect(difference.queryByRole("row", { name: /strategy/ })).toBeNull();
});
