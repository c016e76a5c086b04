import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { type Host, startHost } from "../../test/host/host";
import { may } from "../../test/host/state";
import { open } from "../../test/render";
import { glance, RUN } from "../../test/samples";
import { isSilent } from "../../test/server";

let host: Host;
beforeEach(() => { host = startHost({ releases: [] }); });

const ADDRESS = "/services/lighthouse/release";

test("what would happen is asked of the host before anything is", async () => {
  const { user } = open(ADDRESS);
  expect(await screen.findByRole("button", { name: "Create the release" })).toHaveAccessibleDescription("Name the version first.");
  await user.type(screen.getByLabelText("Version"), "2");
  const preview = screen.getByRole("region", { name: "What would happen" });
  expect(await within(preview).findByText("2 × approver")).toBeVisible();
  expect(preview).toHaveTextContent("1.3.0 → 2");
  expect(await within(preview).findByRole("img", { name: /^The share of the traffic over time: 20 % at \+0:00:00, a wait of 90 s, 100 % at \+0:01:30/ })).toBeVisible();
  expect(preview).toHaveTextContent(/\+0:00:0020 % of the traffic\+0:00:00Wait 90 s\+0:01:30Everybody gets it/);
  for (const gate of ["freeze", "lock", "hold", "slot", "queue"]) expect(preview).toHaveTextContent(`${gate} ✓ open`);
  expect(preview).toHaveTextContent("votes ✕ closed");
  expect([host.writes(), host.state.releases]).toEqual([[], []]);
});

test("the release is created as it was shown, and opened", async () => {
  const { user, router } = open(`${ADDRESS}?run=${RUN}&version=2.0&reason=a+lamp`);
  await user.click(await screen.findByRole("button", { name: "Create the release" }));
  expect(await screen.findByRole("heading", { name: "Release 2.0" })).toBeVisible();
  expect(host.writes().map(({ body }) => body)).toEqual([{ deployment: "lighthouse-production", artifact: { ci_run: RUN }, version: "2.0", reason: "a lamp" }]);
  const [created] = host.state.releases;
  expect(router.state.location.pathname).toBe(`/releases/${created?.id}`);
  expect(created).toMatchObject({ state: { status: "pending_approval" }, content: { artifact: { origin: { run: RUN } }, cd_config_revision: 3 } });
});

test("what stands in the way is said beforehand", async () => {
  const other = { release: "r-2", version: "1.4.0", artifact: "sha256:00", requester: "ada", since: "2026-11-20T10:00:00Z", status: "approved" as const };
  host.state.glances = [glance({ freezes: ["f"], locks: ["l"], waiting: [other], executing: { ...other, status: "executing" } })];
  open(`${ADDRESS}?version=2`);
  const preview = await screen.findByRole("region", { name: "What would happen" });
  for (const told of [/^Frozen/, /^Locked/, /^Busy/, /^In the queue/]) expect(await within(preview).findByText(told)).toBeVisible();
  for (const gate of ["freeze", "lock", "slot", "queue"]) expect(preview).toHaveTextContent(`${gate} ✕ closed`);
});

test("what the host would refuse is said beforehand", async () => {
  host.state.permissions = may(["viewer"], ["release.create"], "needs the role developer");
  open(`${ADDRESS}?version=2`);
  expect(await screen.findByText(/needs the role developer/)).toBeVisible();
});

test("what the rules find wrong with the request is said before it is sent", async () => {
  open(`${ADDRESS}?version=${"9".repeat(101)}`);
  const preview = await screen.findByRole("region", { name: "What would happen" });
  expect(await within(preview).findByText("101 characters; accepted: 1 to 100")).toBeVisible();
});

test("nothing built, nowhere to go, nobody there", async () => {
  host.state.runs = [];
  open(ADDRESS);
  expect(await screen.findByText("Nothing was built yet")).toBeVisible();
});

test("no deployment", async () => {
  host.state.deployments = [];
  open(ADDRESS);
  expect(await screen.findByText("It runs nowhere yet")).toBeVisible();
});

test("offline", async () => {
  isSilent("/api/v1/deployments");
  open(ADDRESS);
  expect(await screen.findByRole("alert")).toHaveTextContent("The host can't be reached");
});

test("what was typed is in the address a moment later, and no key is lost", async () => {
  const { user, router } = open(ADDRESS);
  await user.type(await screen.findByLabelText("Version"), "2.0.0-rc.1");
  expect(screen.getByLabelText("Version")).toHaveValue("2.0.0-rc.1");
  await waitFor(() => expect(router.state.location.search).toMatch(/version=2\.0\.0-rc\.1/));
});

test("an artifact from elsewhere is named by its digest, and asked for as such", async () => {
  const digest = `sha256:${"e".repeat(64)}`;
  const { user } = open(`${ADDRESS}?version=2`);
  await user.selectOptions(await screen.findByLabelText("What"), "An artifact from elsewhere");
  expect(screen.getByRole("button", { name: "Create the release" })).toHaveAccessibleDescription(/Say which artifact first/);
  await user.type(screen.getByLabelText("Digest"), digest);
  await user.type(screen.getByLabelText("Name of the artifact"), "site");
  await user.type(screen.getByLabelText("Where it is"), "registry.example/site");
  await user.click(screen.getByRole("button", { name: "Create the release" }));
  await waitFor(() => expect(host.writes().map(({ body }) => body)).toEqual([{ deployment: "lighthouse-production", artifact: { external: { digest, name: "site", location: "registry.example/site" } }, version: "2" }]));
});

test("what nobody is asked about is confirmed by name before it goes to production", async () => {
  const config = host.state.cdConfigs.find(({ deployment }) => deployment === "lighthouse-production");
  if (config) config.spec.approval.requirements = [];
  const { user, router } = open(`${ADDRESS}?version=2`);
  expect(await screen.findByText(/No vote is asked/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Create the release" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Create the release" }));
  expect(host.writes()).toEqual([]);
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(dialog.getByRole("button", { name: "Create the release" }));
  await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/releases\//));
});
