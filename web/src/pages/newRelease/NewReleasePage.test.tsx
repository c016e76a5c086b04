import { readFileSync } from "node:fs";

import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { initSync } from "../../api/rules";
import { open } from "../../test/render";
import { ben, detail, glance, ID, mayAll, production, run, RUN, waiting } from "../../test/samples";
import { answers, isSilent, refuses, server } from "../../test/server";

beforeAll(() => initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm")));

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/services/{service}/ci-runs", { items: [run()], next: null });
  answers("/api/v1/deployments", { items: [production], next: null });
  answers("/api/v1/overview", { items: [glance()], next: null });
});

/** Takes releases; tells dry runs from real ones. */
function takesReleases() {
  const asked: { dry: boolean; body: unknown }[] = [];
  server.use(
    http.post("http://localhost:3000/api/v1/releases", async ({ request }) => {
      asked.push({ dry: new URL(request.url).searchParams.get("dry_run") === "true", body: await request.json() });
      return HttpResponse.json(waiting, { status: 201 });
    }),
  );
  return asked;
}

const ADDRESS = "/services/lighthouse/release";

test("what would happen is asked of the host before anything is", async () => {
  const asked = takesReleases();
  const { user } = open(ADDRESS);
  expect(await screen.findByRole("button", { name: "Create the release" })).toHaveAccessibleDescription("Name the version first.");
  await user.type(screen.getByLabelText("Version"), "2");
  const preview = screen.getByRole("region", { name: "What would happen" });
  expect(await within(preview).findByText("2 × approver")).toBeVisible();
  expect(preview).toHaveTextContent("1.3.0 → 2");
  expect(preview).toHaveTextContent(/\+0:00:0020 % of the traffic\+0:00:00Wait until somebody resumes it/);
  expect(preview).toHaveTextContent(/laterJudged by the analysis “command”/);
  expect(preview).toHaveTextContent("Nothing stands in the way");
  expect(asked.every(({ dry }) => dry)).toBe(true);
});

test("the release is created as it was shown, and opened", async () => {
  const asked = takesReleases();
  answers("/api/v1/releases/{id}", detail());
  answers("/api/v1/releases/{id}/explain", { release: ID, state: "pending_approval", open: false, gates: [] });
  const { user, router } = open(`${ADDRESS}?run=${RUN}&version=2.0&reason=a+lamp`);
  await user.click(await screen.findByRole("button", { name: "Create the release" }));
  expect(await screen.findByRole("heading", { name: "Release 1.4.0" })).toBeVisible();
  expect(router.state.location.pathname).toBe(`/releases/${ID}`);
  const real = asked.filter(({ dry }) => !dry);
  expect(real.map(({ body }) => body)).toEqual([{ deployment: "lighthouse-production", artifact: { ci_run: RUN }, version: "2.0", reason: "a lamp" }]);
});

test("what stands in the way is said beforehand", async () => {
  takesReleases();
  const other = { release: "r-2", version: "1.4.0", artifact: "sha256:00", requester: "ada", since: "2026-11-20T10:00:00Z", status: "approved" as const };
  answers("/api/v1/overview", { items: [glance({ freezes: ["f"], locks: ["l"], waiting: [other], executing: other as never })], next: null });
  open(`${ADDRESS}?version=2`);
  const preview = await screen.findByRole("region", { name: "What would happen" });
  for (const told of ["Frozen", "Locked", "Busy", "In the queue"]) expect(await within(preview).findByText(told)).toBeVisible();
});

test("what the host would refuse is said beforehand", async () => {
  refuses("post", "/api/v1/releases", 403, { detail: "`release.create` needs the role developer" });
  open(`${ADDRESS}?version=2`);
  expect(await screen.findByText(/needs the role developer/)).toBeVisible();
});

test("nothing built, nowhere to go, nobody there", async () => {
  answers("/api/v1/services/{service}/ci-runs", { items: [], next: null });
  open(ADDRESS);
  expect(await screen.findByText("Nothing was built yet")).toBeVisible();
});

test("no deployment", async () => {
  answers("/api/v1/deployments", { items: [], next: null });
  open(ADDRESS);
  expect(await screen.findByText("It runs nowhere yet")).toBeVisible();
});

test("offline", async () => {
  isSilent("/api/v1/deployments");
  open(ADDRESS);
  expect(await screen.findByRole("alert")).toHaveTextContent("The host can't be reached");
});
