import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { open } from "../../test/render";
import { ben, glance } from "../../test/samples";
import { answers, isSilent, refuses } from "../../test/server";
import { matrixOf } from "./matrix";

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
});

test("those that need somebody come first, and environments lead to production", () => {
  const matrix = matrixOf([
    glance({ service: "anchor" }),
    glance({ service: "anchor", environment: "test", tier: "staging" }),
    glance({ service: "lighthouse", attention: ["votes"] }),
  ]);
  expect(matrix.environments).toEqual(["test", "production"]);
  expect(matrix.rows.map((row) => row.service)).toEqual(["lighthouse", "anchor"]);
});

test("the matrix tells what runs, what comes and what is wrong, in words", async () => {
  const next = { release: "r-2", version: "1.4.0", artifact: "sha256:00", requester: "ada", since: "2026-11-20T10:00:00Z", status: "pending_approval" };
  answers("/api/v1/overview", { items: [glance({ waiting: [next], waiting_count: 3, attention: ["votes"], freezes: ["f-1"] })], next: null });
  open("/");
  const row = await screen.findByRole("row", { name: /lighthouse/ });
  expect(within(row).getByRole("link", { name: "1.3.0" })).toBeVisible();
  expect(within(row).getByRole("link", { name: "1.4.0" })).toHaveAttribute("href", "/releases/r-2");
  expect(row).toHaveTextContent("and 2 more");
  expect(row).toHaveTextContent("Waits for votes");
  expect(row).toHaveTextContent("Frozen");
});

test("the filter is in the address", async () => {
  answers("/api/v1/overview", { items: [glance(), glance({ service: "anchor", deployment: "a" })], next: null });
  const { user, router } = open("/");
  await user.type(await screen.findByLabelText(/Filter/), "anch");
  await waitFor(() => expect(router.state.location.search).toBe("?filter=anch"));
  await waitFor(() => expect(screen.queryByRole("row", { name: /lighthouse/ })).toBeNull());
});

test("nothing is deployed yet", async () => {
  answers("/api/v1/overview", { items: [], next: null });
  open("/");
  expect(await screen.findByText("Nothing is deployed yet")).toBeVisible();
});

test("forbidden", async () => {
  refuses("get", "/api/v1/overview", 403, { request_id: "req-5" });
  open("/");
  expect(await screen.findByRole("alert")).toHaveTextContent(/You may not see or do this.*req-5/);
});

test("offline", async () => {
  isSilent("/api/v1/overview");
  open("/");
  expect(await screen.findByRole("alert")).toHaveTextContent("The host can't be reached");
});

test("how it stands is told by word, as the last rollout left it; what comes is found by its version", async () => {
  const comes = { release: "r-2", version: "9.9.9", artifact: "sha256:00", requester: "ada", since: "2026-11-20T10:00:00Z", status: "approved" as const };
  const failed = { ...comes, status: "failed" as const };
  const glances = [
    glance({ deployment: "a-production", service: "anchor", waiting: [comes], waiting_count: 1 }),
    glance({ deployment: "b-production", service: "buoy", failed }),
    glance({ deployment: "c-production", service: "crane", executing: { ...comes, status: "executing" } }),
    glance({ deployment: "d-production", service: "dock", running: null }),
  ];
  answers("/api/v1/overview", { items: glances, next: null });
  const { user } = open("/");
  expect(await screen.findByRole("row", { name: /anchor/ })).toHaveTextContent("Rolled out well");
  expect(screen.getByRole("row", { name: /buoy/ })).toHaveTextContent("Last rollout failed");
  expect(screen.getByRole("row", { name: /crane/ })).toHaveTextContent("Changing");
  expect(screen.getByRole("row", { name: /dock/ })).not.toHaveTextContent(/Last rollout|Changing/);
  expect(screen.getByText(/^As of/)).toBeVisible();
  await user.type(screen.getByRole("searchbox"), "9.9.9");
  await waitFor(() => expect(screen.queryByRole("row", { name: /buoy/ })).toBeNull());
  expect(screen.getByRole("row", { name: /anchor/ })).toBeVisible();
});
