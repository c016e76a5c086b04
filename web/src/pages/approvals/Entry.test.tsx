import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { violations } from "../../test/axe";
import { type Host, startHost } from "../../test/host/host";
import { may } from "../../test/host/state";
import { open } from "../../test/render";
import { glance, ID, waiting } from "../../test/samples";

let host: Host;
beforeEach(() => { host = startHost({ permissions: may(["approver"]), glances: [glance({ running: null })] }); });

async function opened() {
  const { user } = open("/approvals");
  await user.click(await screen.findByRole("button", { name: "Vote on lighthouse 1.4.0" }));
  await screen.findByRole("button", { name: "Approve" });
  return user;
}

test("a vote is cast in the inbox, on the content that is shown, and told when its entry is gone", async () => {
  const user = await opened();
  expect(screen.getByText("Nothing runs there yet.")).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Approve" }));
  expect(await screen.findByText(/^You approved/)).toHaveTextContent("You approved lighthouse 1.4.0 for production.");
  expect(await screen.findByText("Nothing waits for your vote")).toBeVisible();
  const sent = host.writes(`/releases/${ID}/approve`);
  expect(sent.map(({ body }) => body)).toEqual([{ content: waiting.content_digest }]);
  expect(sent[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
});

test("to reject one says why", async () => {
  const user = await opened();
  expect(screen.getByRole("button", { name: "Reject" })).toHaveAccessibleDescription("Say why first.");
  await user.type(screen.getByRole("textbox", { name: /^Comment/ }), "too dim");
  await user.click(screen.getByRole("button", { name: "Reject" }));
  expect(await screen.findByText(/^You rejected/)).toHaveTextContent("You rejected lighthouse 1.4.0 for production.");
  expect(host.writes().map(({ body }) => body)).toEqual([{ content: waiting.content_digest, comment: "too dim" }]);
  expect(host.release(ID)?.state.status).toBe("rejected");
});

test("a vote that doesn't count is told as such, with what was said", async () => {
  const user = await opened();
  // Meanwhile others gave the votes that it took.
  host.state.releases[0] = { ...waiting, state: { status: "approved", approved_at: waiting.created_at, expires_at: "2099-01-01T00:00:00Z" } };
  await user.type(screen.getByRole("textbox", { name: /^Comment/ }), "it shines");
  await user.click(screen.getByRole("button", { name: "Approve" }));
  await waitFor(() => expect(host.writes()).toHaveLength(1));
  expect(await screen.findByText("Your vote does not count.")).toBeVisible();
  expect(await screen.findByText("Nothing waits for your vote")).toBeVisible();
  expect(screen.getByText("it shines")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent(/approved/);
  expect(screen.queryByText(/^You approved/)).toBeNull();
});

test("what is decided already asks for no vote", async () => {
  const { user } = open("/approvals");
  const vote = await screen.findByRole("button", { name: "Vote on lighthouse 1.4.0" });
  host.state.releases[0] = { ...waiting, state: { status: "cancelled", reason: { code: "withdrawn", by: "ada" }, at: waiting.created_at } };
  await user.click(vote);
  expect(await screen.findByText(/It is decided already/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
  expect(screen.getByRole("link", { name: "lighthouse 1.4.0" })).toHaveAttribute("href", `/releases/${ID}`);
});

test("an open ballot is in the address, and an address opens it", async () => {
  const { user, router } = open(`/approvals?vote=${ID}`);
  const button = await screen.findByRole("button", { name: "Vote on lighthouse 1.4.0" });
  expect(await screen.findByRole("button", { name: "Approve" })).toBeVisible();
  await user.click(button);
  expect(screen.queryByRole("button", { name: "Approve" })).toBeNull();
  expect(router.state.location.search).toBe("");
  await user.click(button);
  expect(router.state.location.search).toBe(`?vote=${ID}`);
});
