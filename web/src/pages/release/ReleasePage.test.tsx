import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Release, ReleaseDetail } from "../../api/modules/releases";
import { type Host, startHost } from "../../test/host/host";
import { may, type State } from "../../test/host/state";
import { open } from "../../test/render";
import { detail, glance, ID, RUN, waiting } from "../../test/samples";
import { answers, refuses, server } from "../../test/server";
import { stepsOf } from "./steps";

const PAGE = `/releases/${ID}`;
const at = waiting.created_at;
const executing = (step: number, phase: object): Partial<ReleaseDetail> => ({
  state: { status: "executing", attempt: ID, epoch: 1, step, reports: 0, takeovers: 0, started_at: at, deadline_at: at, phase } as ReleaseDetail["state"],
});

/** A host whose one release is `waiting` with `more`, seen by an approver unless `state` says otherwise. */
const hostWith = (more: Partial<Release> = {}, state: Partial<State> = {}): Host =>
  startHost({ permissions: may(["approver"]), releases: [{ ...waiting, ...more }], ...state });

let host: Host;
beforeEach(() => { host = hostWith(); });

test("an approval carries the content that was seen, once; the last one approves", async () => {
  const { user } = open(PAGE);
  expect(await screen.findByText(/Yours is the last vote/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Approve" }));
  const approvals = within(screen.getByRole("region", { name: "Approvals" }));
  expect(await approvals.findByText("ben")).toBeVisible();
  const sent = host.writes(`${PAGE}/approve`);
  expect(sent.map(({ body }) => body)).toEqual([{ content: waiting.content_digest }]);
  expect(sent[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
  expect(host.release(ID)).toMatchObject({ state: { status: "approved" }, votes: [{ person: "cleo" }, { person: "ben", role: "approver" }] });
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
});

test("a rejection needs a comment", async () => {
  const { user } = open(PAGE);
  const reject = await screen.findByRole("button", { name: "Reject" });
  expect(reject).toBeDisabled();
  expect(reject).toHaveAccessibleDescription("Say why first.");
  await user.type(screen.getByLabelText(/Comment/), "too dim");
  await user.click(reject);
  expect(await screen.findByText("Rejected")).toBeVisible();
  expect(screen.getByText("too dim")).toBeVisible();
  expect(host.writes().map(({ body }) => body)).toEqual([{ content: waiting.content_digest, comment: "too dim" }]);
});

test("the requester is told why not", async () => {
  host = hostWith({ requester: "ben" });
  open(PAGE);
  expect(await screen.findByText(/somebody else has to agree/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
});

test("who isn't asked sees why the buttons don't work", async () => {
  host = hostWith({}, { permissions: may(["developer"]) });
  open(PAGE);
  const approve = await screen.findByRole("button", { name: "Approve" });
  await waitFor(() => expect(approve).toBeDisabled());
  expect(approve).toHaveAccessibleDescription("Only votes by the role approver are missing.");
});

test("a command that the caller may not give says why", async () => {
  host = hostWith({}, { permissions: may(["approver"], ["release.cancel"]) });
  open(PAGE);
  const cancel = await screen.findByRole("button", { name: "Cancel" });
  await waitFor(() => expect(cancel).toBeDisabled());
  expect(cancel).toHaveAccessibleDescription("needs another role");
});

test("a vote that came too late is told, and the page reads what happened", async () => {
  const { user } = open(PAGE);
  const button = await screen.findByRole("button", { name: "Approve" });
  // Meanwhile its requester withdraws it.
  host.state.releases[0] = { ...waiting, state: { status: "cancelled", reason: { code: "withdrawn", by: "ada" }, at } };
  await user.type(screen.getByLabelText(/Comment/), "it shines");
  await user.click(button);
  await waitFor(() => expect(screen.queryByRole("button", { name: "Approve" })).toBeNull());
  expect(screen.getByText("Cancelled")).toBeVisible();
  expect(screen.getByText("It was withdrawn by ada.")).toBeVisible();
  expect(screen.getByText("Your vote does not count.")).toBeVisible();
  expect(screen.getByText("it shines")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent(/cancelled/);
  expect(host.release(ID)?.votes).toEqual(waiting.votes);
});

test("what the rules refuse of a vote is told as they say it", async () => {
  const { user } = open(PAGE);
  const button = await screen.findByRole("button", { name: "Approve" });
  await waitFor(() => expect(button).toBeEnabled());
  // Meanwhile the role is taken from the voter.
  host.state.permissions.roles = ["developer"];
  await user.click(button);
  expect(await screen.findByRole("alert")).toHaveTextContent(/approver.*req-host/);
});

test("it says which gate is closed and who can open it", async () => {
  open(PAGE);
  expect(await screen.findByText("votes are missing: 1 of role `approver`")).toBeVisible();
  expect(screen.getByText("Can open it: role:approver")).toBeVisible();
});

test.each([
  [{ code: "failure", cause: { code: "analysis", message: "5 % of the visits fail" } }, "It paused because it failed: analysis: 5 % of the visits fail", true],
  [{ code: "inconclusive_analysis", message: "no visits" }, "The analysis could not tell: no visits", true],
  [{ code: "requested", by: "rhea" }, "Paused by rhea", true],
  [{ code: "executor" }, "The executor has not answered yet", false],
])("why a rollout waits is told: %j", async (reason, told, somebody) => {
  host = hostWith(executing(2, { phase: "waiting", reason, since: at, until: null }));
  open(PAGE);
  const rollout = await screen.findByRole("region", { name: "Rollout" });
  const standing = within(rollout).getByRole("status");
  expect(standing).toHaveTextContent(told);
  expect(standing.textContent?.includes("somebody has to resume it")).toBe(somebody);
});

test("a rollout that waits offers to go on", async () => {
  host = hostWith(executing(2, { phase: "waiting", reason: { code: "strategy" }, since: at, until: null }));
  const { user } = open(PAGE);
  expect(await screen.findByText(/somebody has to resume it/)).toBeVisible();
  expect(await screen.findByLabelText("The log")).toHaveTextContent("step 2");
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(host.writes(`${PAGE}/resume`)).toHaveLength(1));
  expect(screen.queryByRole("alert")).toBeNull();
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
  const state: Release["state"] = { status: "rolled_back", reached: null, started_at: at, finished_at: at, cause: { code: "undone_by", release: RUN } };
  host = hostWith({ state });
  open(PAGE);
  expect(await screen.findByRole("link", { name: "another release" })).toHaveAttribute("href", `/releases/${RUN}`);
  expect(stepsOf(detail({ state })).map(({ progress }) => progress)).toEqual(["done", "done", "done", "done"]);
});

test.each([
  [{ status: "failed", cause: { code: "deadline_exceeded" }, reached: 2 }, ["done", "stopped", "ahead", "ahead"]],
  [{ status: "rolled_back", cause: { code: "went_back", why: { code: "analysis", message: "dim" } }, reached: 4 }, ["done", "done", "stopped", "ahead"]],
] as const)("%j: the steps tell where it stopped", (state, expected) => {
  const stopped = { ...state, started_at: at, finished_at: at };
  expect(stepsOf(detail({ state: stopped })).map(({ progress }) => progress)).toEqual(expected);
});

test("a release of somebody else is not there", async () => {
  refuses("get", "/api/v1/releases/{id}", 404, { request_id: "req-8" });
  open(PAGE);
  expect(await screen.findByRole("alert")).toHaveTextContent(/There is no such thing.*req-8/);
});

test("markup in what people wrote stays text", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  host = hostWith({ reason: evil, version: evil, votes: waiting.votes.map((vote) => ({ ...vote, comment: evil })) });
  open(PAGE);
  expect((await screen.findAllByText(evil)).length).toBeGreaterThan(1);
  expect(document.querySelector("img")).toBeNull();
});

test("a failed release is tried once more as a release of its own", async () => {
  host = hostWith({ state: { status: "failed", reached: 0, cause: { code: "deadline_exceeded" }, started_at: at, finished_at: at } });
  const { user, router } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Retry" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Retry" }));
  expect(dialog.queryByLabelText(/This is production/)).toBeNull();
  await user.type(dialog.getByLabelText("Reason"), "the network is back");
  await user.click(dialog.getByRole("button", { name: "Retry" }));
  await waitFor(() => expect(router.state.location.pathname).not.toBe(PAGE));
  expect(host.writes().map(({ body }) => body)).toEqual([{ reason: "the network is back" }]);
  expect(host.state.releases[0]).toMatchObject({ retry_of: ID, votes: [], state: { status: "pending_approval" } });
  expect(await screen.findByText("Waiting for approval")).toBeVisible();
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

test("in production what skips the rest of a rollout is confirmed by the service's name", async () => {
  host = hostWith(executing(3, { phase: "waiting", reason: { code: "strategy" }, since: at, until: null }), { permissions: may(["release-manager"]) });
  const { user } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Promote" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Promote" }));
  expect(host.writes()).toEqual([]);
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(dialog.getByRole("button", { name: "Promote" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(host.writes().map(({ path }) => path)).toEqual([`${PAGE}/promote`]);
});

test("a request is withdrawn after it was said what that means, and not by one press", async () => {
  host = hostWith({}, { permissions: may(["release-manager"]) });
  const { user } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(screen.getByRole("dialog")).toHaveTextContent(/can't be taken up again/);
  expect(host.writes()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Cancel the release" }));
  expect(await screen.findByText("Cancelled")).toBeVisible();
});
