import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import type { Release } from "../../api/modules/releases";
import { startHost } from "../../test/host/host";
import { may, type State } from "../../test/host/state";
import { open } from "../../test/render";
import { ID, RUN, waiting } from "../../test/samples";
import { server } from "../../test/server";

const PAGE = `/releases/${ID}`;
const OLD = "01890a5d-ac96-774b-bcce-b30209900002";
const at = waiting.created_at;
const state: Release["state"] = { status: "succeeded", started_at: at, finished_at: at };
const artifact = (mark: string) => ({ ...waiting.content.artifact, digest: `sha256:${mark.repeat(64)}` });

const stable = (id: string, version: string, mark: string): Release => ({ ...waiting, id, version, state, content: { ...waiting.content, artifact: artifact(mark) } });

/** A host where 1.4.0 runs, and where 1.3.0 and 1.2.0 were stable before. */
function hostWith(more: Partial<State> = {}) {
  return startHost({
    permissions: may(["release-manager"]),
    releases: [stable(ID, "1.4.0", "a"), stable(RUN, "1.3.0", "b"), stable(OLD, "1.2.0", "c")],
    candidates: { [ID]: [RUN, OLD] },
    ...more,
  });
}

async function asked() {
  const { user, router } = open(PAGE);
  await user.click(await screen.findByRole("button", { name: "Roll back" }));
  return { user, router, dialog: within(await screen.findByRole("dialog", { name: "Roll back" })) };
}

test("going back in production asks for a reason and the service's name, and leads to the new release", async () => {
  const host = hostWith();
  const { user, router, dialog } = await asked();
  const confirm = dialog.getByRole("button", { name: "Roll back" });
  expect(confirm).toHaveAccessibleDescription("Say why first.");
  await user.type(dialog.getByLabelText("Reason"), "too bright");
  expect(confirm).toBeDisabled();
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(confirm);
  await waitFor(() => expect(router.state.location.pathname).not.toBe(PAGE));
  expect(host.writes().map(({ body }) => body)).toEqual([{ reason: "too bright", target: RUN }]);
  expect(host.state.releases[0]).toMatchObject({ kind: { type: "rollback", of: ID, target: RUN }, state: { status: "approved" } });
  expect(router.state.location.pathname).toBe(`/releases/${host.state.releases[0]?.id}`);
  expect(await screen.findByRole("heading", { name: "Roll back to 1.3.0" })).toBeVisible();
});

test("the candidates are there, the newest chosen, what runs now marked; another one changes something else", async () => {
  const host = hostWith();
  const { user, dialog } = await asked();
  expect(await dialog.findByRole("radio", { name: /^1\.3\.0/ })).toBeChecked();
  expect(dialog.getByRole("radio", { name: /^1\.4\.0.*now$/ })).toBeDisabled();
  const table = within(await dialog.findByRole("table", { name: "What changes" }));
  expect(table.getByRole("row", { name: /version/ })).toHaveTextContent("/version1.4.01.3.0");
  await user.click(dialog.getByRole("radio", { name: /^1\.2\.0/ }));
  expect(within(dialog.getByRole("table")).getByRole("row", { name: /artifact/ })).toHaveTextContent(`${"a".repeat(64)}sha256:${"c".repeat(64)}`);
  expect(await dialog.findByText(/No vote is asked/)).toBeVisible();
  await user.type(dialog.getByLabelText("Reason"), "both are bad");
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(dialog.getByRole("button", { name: "Roll back" }));
  await waitFor(() => expect(host.writes().map(({ body }) => body)).toEqual([{ reason: "both are bad", target: OLD }]));
});

test("without a candidate the button says why", async () => {
  hostWith({ candidates: {} });
  open(PAGE);
  expect(await screen.findByRole("button", { name: "Roll back" })).toHaveAccessibleDescription(/Nothing to go back to/);
});

test("pressed again after silence it is the same request, and there is one rollback", async () => {
  const host = hostWith();
  const keys: (string | null)[] = [];
  server.use(http.post(`http://localhost:3000/api/v1/releases/:id/rollback`, ({ request }) => {
    if (request.url.includes("dry_run")) return undefined;
    keys.push(request.headers.get("idempotency-key"));
    return keys.length === 1 ? HttpResponse.error() : undefined;
  }));
  const { user, router, dialog } = await asked();
  await user.type(dialog.getByLabelText("Reason"), "too bright");
  await user.type(dialog.getByLabelText(/This is production/), "lighthouse");
  await user.click(dialog.getByRole("button", { name: "Roll back" }));
  expect(await dialog.findByText(/The host can't be reached/)).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Roll back" }));
  await waitFor(() => expect(router.state.location.pathname).not.toBe(PAGE));
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  expect(host.state.releases).toHaveLength(4);
  expect(await screen.findByRole("heading", { name: "Roll back to 1.3.0" })).toBeVisible();
});
