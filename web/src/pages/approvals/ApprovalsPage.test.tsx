import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { Release } from "../../api/modules/releases";
import { startHost } from "../../test/host/host";
import { may } from "../../test/host/state";
import { open } from "../../test/render";
import { ID, RUN, waiting } from "../../test/samples";
import { answers, refuses } from "../../test/server";

beforeEach(() => { startHost({ permissions: may(["approver"]) }); });

test("what waits is told with who asked, why, and how many votes are there", async () => {
  open("/approvals");
  const link = await screen.findByRole("link", { name: "lighthouse 1.4.0" });
  expect(link).toHaveAttribute("href", `/releases/${ID}`);
  const entry = screen.getByRole("listitem");
  expect(entry).toHaveTextContent(/Deploy to production, asked for by ada/);
  expect(entry).toHaveTextContent("a brighter lamp");
  expect(entry).toHaveTextContent("1 of 2 votes");
  await waitFor(() => expect(entry).toHaveTextContent("1.3.0 →becomes 1.4.0"));
  expect(within(screen.getByRole("navigation")).getByText("1")).toBeVisible();
});

test("nothing waits", async () => {
  startHost({ permissions: may(["developer"]) });
  open("/approvals");
  expect(await screen.findByText("Nothing waits for your vote")).toBeVisible();
});

test("what waits for others is there too, and says why one's own vote is not asked", async () => {
  const own = { ...waiting, id: RUN, requester: "ben", version: "1.5.0" };
  const voted = { ...waiting, votes: waiting.votes.map((vote) => ({ ...vote, person: "ben" })) };
  const over: Release = { ...waiting, id: `${ID.slice(0, -1)}2`, state: { status: "rejected", by: "cleo", at: waiting.created_at } };
  const host = startHost({ releases: [own, voted, over] });
  const { user, router } = open("/approvals");
  await user.selectOptions(await screen.findByLabelText("Shown"), "all");
  expect(await screen.findByText("You asked for it, so somebody else has to agree.")).toBeVisible();
  expect(screen.getByText("You have voted.")).toBeVisible();
  expect(router.state.location.search).toBe("?show=all");
  expect(host.asked.filter(({ path }) => path === "/releases").map(({ query }) => query.get("status"))).toEqual(["pending_approval"]);
});

test("a failure can be tried again", async () => {
  refuses("get", "/api/v1/me/approvals", 503);
  const { user } = open("/approvals");
  const again = await screen.findByRole("button", { name: "Try again" });
  answers("/api/v1/me/approvals", { items: [waiting], next: null });
  await user.click(again);
  expect(await screen.findByRole("link", { name: "lighthouse 1.4.0" })).toBeVisible();
});

test("what is asked of one's roles is there, also where somebody else's vote is missing", async () => {
  const own = { ...waiting, id: RUN, requester: "ben", version: "1.5.0" };
  const others: Release = { ...waiting, id: `${ID.slice(0, -1)}2`, version: "1.6.0", content: { ...waiting.content, approval: { deadline_seconds: null, requirements: [{ role: "auditor", count: 1 }] } } };
  startHost({ permissions: may(["approver"]), releases: [own, others] });
  const { user } = open("/approvals");
  await user.selectOptions(await screen.findByLabelText("Shown"), "roles");
  expect(await screen.findByRole("link", { name: "lighthouse 1.5.0" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "lighthouse 1.6.0" })).toBeNull();
});
