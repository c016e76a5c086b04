import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import { type Host, startHost } from "../../test/host/host";
import { may } from "../../test/host/state";
import { open } from "../../test/render";
import { ben } from "../../test/samples";
import { server, takes } from "../../test/server";

const CI = "/services/lighthouse/settings";
const CONFIG = "http://localhost:3000/api/v1/services/lighthouse/ci-config";

let host: Host;
beforeEach(() => { host = startHost({ permissions: may(["developer"]) }); });

const puts = () => host.asked.filter(({ method, isDry }) => method === "put" && !isDry);

/** Opens the settings and types a change. */
async function changed() {
  const { user, router } = open(CI);
  await user.type(await screen.findByLabelText("Executor"), "x");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeEnabled());
  return { user, router };
}

test("whoever leaves with something unsaved is asked, and may stay", async () => {
  const { user, router } = await changed();
  await user.click(screen.getByRole("link", { name: "Services" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Leave without saving" }));
  await user.click(dialog.getByRole("button", { name: "Stay here" }));
  expect(router.state.location.pathname).toBe(CI);
  expect(screen.getByLabelText("Executor")).toHaveValue("commandx");
  await user.click(screen.getByRole("link", { name: "Services" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Leave without saving" }));
  await waitFor(() => expect(router.state.location.pathname).not.toBe(CI));
});

/** Whether the tab can be closed without a question. */
function leaves(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  globalThis.dispatchEvent(event);
  return !event.defaultPrevented;
}

test("the browser asks, too; nobody is asked where nothing is changed or all is saved", async () => {
  const { user, router } = await changed();
  expect(leaves()).toBe(false);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(leaves()).toBe(true);
  await user.click(screen.getByRole("link", { name: "Services" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/services"));
});

test("what is typed while a save is under way stays, on top of what was saved", async () => {
  const gate: { open?: () => void } = {};
  server.use(http.put(CONFIG, async ({ request }) => {
    if (request.url.includes("dry_run=true")) return undefined;
    await new Promise<void>((resolve) => { gate.open = resolve; });
    return undefined;
  }));
  const { user } = await changed();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(gate.open).toBeDefined());
  await user.type(screen.getByLabelText("Executor"), "y");
  gate.open?.();
  await waitFor(() => expect(puts()).toHaveLength(1));
  await waitFor(() => expect(screen.getByText("Undo my changes")).toBeVisible());
  expect(screen.getByLabelText("Executor")).toHaveValue("commandxy");
  expect(host.state.ciConfigs[0]).toMatchObject({ spec: { executor: "commandx" } });
});

test("a save whose answer was lost is saved, and no conflict with oneself", async () => {
  let lost = 0;
  server.use(http.put(CONFIG, async ({ request }) => {
    if (request.url.includes("dry_run=true") || lost > 0) return undefined;
    lost += 1;
    // It is stored; only the answer never comes.
    await fetch(request.clone());
    return HttpResponse.error();
  }));
  const { user } = await changed();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/The host can't be reached/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(screen.queryByText("Somebody else saved meanwhile")).toBeNull();
});

/** A stream of events that opens once, and whose end is the end of the session. */
function sessionThatEnds(): () => void {
  const stream: { end?: () => void } = {};
  server.use(http.get("http://localhost:3000/api/v1/events", () => {
    if (stream.end) return new HttpResponse(null, { status: 401 });
    const body = new ReadableStream({ start: (to) => { stream.end = () => to.close(); } });
    return new HttpResponse(body, { headers: { "content-type": "text/event-stream" } });
  }));
  return () => stream.end?.();
}

test.each([["ben", "commandx"], ["eve", "command"]])("a session that ends leaves what was typed to the same person alone: %s finds %s", async (principal, found) => {
  const end = sessionThatEnds();
  const { user } = await changed();
  end();
  expect(await screen.findByRole("dialog", { name: "Your session has ended" }, { timeout: 5_000 })).toBeVisible();
  expect(screen.getByLabelText("Executor")).not.toBeVisible();
  takes("/api/v1/session", { ...ben, principal, id: "01890a5d-ac96-774b-bcce-b30209900009" });
  await user.type(screen.getByLabelText("API token"), "cicd_secret");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(await screen.findByLabelText("Executor")).toHaveValue(found);
});
