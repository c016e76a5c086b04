import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Source, SourceDelivery } from "../../api/modules/sources";
import { violations } from "../../test/axe";
import { open } from "../../test/render";
import { ben, ID, lighthouse, mayAll, RUN } from "../../test/samples";
import { answers, refuses, server, takes, takesBy } from "../../test/server";

const AT = "2026-11-20T10:00:00Z";
const source: Source = {
  id: ID, name: "Lighthouse on the forge", service: "lighthouse", provider: "forgejo", scheme: "signature", secrets: [{ secret: "hook" }], events: ["push", "tag"],
  hook: `/api/v1/hooks/${ID}`, created_at: AT, updated_at: AT, updated_by: "ada", row_version: 1,
};
const push = { kind: "push" as const, commit: "c0ffee".padEnd(40, "0"), git_ref: { type: "branch" as const, name: "main" }, author: null, changed_paths: null, link: null, repositories: [] };
const delivery: SourceDelivery = {
  id: RUN, source: ID, service: "lighthouse", event: "push", sender_id: "1", body: `sha256:${"ab".repeat(32)}`, received_at: AT, redeliveries: 1, redelivered_by: "ada", row_version: 2,
  changes: [{ event: push, outcome: { status: "triggered", run: RUN } }, { event: null, outcome: { status: "ignored", reason: { code: "deleted" }, message: "the branch is gone" } }],
};

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/services", { items: [lighthouse], next: null });
  answers("/api/v1/audit-events", { items: [], next: null });
  answers("/api/v1/sources", { items: [source], next: null });
  answers("/api/v1/sources/{id}", source);
  answers("/api/v1/sources/{id}/deliveries", { items: [delivery], next: null });
});

test("sources tell who sends what to where", async () => {
  open("/governance/sources");
  const card = (await screen.findByRole("link", { name: "Lighthouse on the forge" })).closest("li") as HTMLElement;
  expect(card).toHaveTextContent("forgejo, shown by signature; starts runs of lighthouse on push, tag");
  expect(within(card).getByText(`http://localhost:3000${source.hook}`)).toBeVisible();
});

test("no source yet", async () => {
  answers("/api/v1/sources", { items: [], next: null });
  open("/governance/sources");
  expect(await screen.findByText("No source yet")).toBeVisible();
  expect(screen.getByRole("link", { name: "Make one" })).toHaveAttribute("href", "/governance/sources/new");
});

test("a delivery tells what came of each part, and is decided again when asked", async () => {
  const sent = takes("/api/v1/sources/{id}/deliveries/{delivery}/redeliver", delivery);
  const { user } = open(`/governance/sources/${ID}`);
  expect(await screen.findByRole("link", { name: "run" })).toHaveAttribute("href", `/ci-runs/${RUN}`);
  expect(screen.getByText(/the branch is gone/)).toBeVisible();
  expect(screen.getByText(/redelivered 1 ×/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Redeliver" }));
  expect(sent[0]?.headers.get("idempotency-key")).toBeTruthy();
});

test("nothing was delivered yet", async () => {
  answers("/api/v1/sources/{id}/deliveries", { items: [], next: null });
  open(`/governance/sources/${ID}`);
  expect(await screen.findByText("Nothing was delivered yet")).toBeVisible();
});

test("a source of somebody else", async () => {
  refuses("get", "/api/v1/sources/{id}", 404, { request_id: "req-4" });
  open(`/governance/sources/${ID}`);
  expect(await screen.findByRole("alert")).toHaveTextContent(/There is no such thing.*req-4/);
});

test("who may not manage sources is told why, row by row", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "source.manage", allowed: false, reason: "only an admin may" }] });
  open(`/governance/sources/${ID}`);
  await waitFor(() => expect(screen.getByRole("button", { name: "Redeliver" })).toHaveAccessibleDescription("only an admin may"));
});

/** Takes new sources; tells what was really made. */
function takesSources(refusal?: object): { key: string | null; body: unknown }[] {
  const made: { key: string | null; body: unknown }[] = [];
  server.use(
    http.post("http://localhost:3000/api/v1/sources", async ({ request }) => {
      const body = await request.json();
      if (refusal) return HttpResponse.json({ type: "/problems/invalid", title: "The request is invalid", status: 422, detail: "-", request_id: "r", ...refusal }, { status: 422, headers: { "content-type": "application/problem+json" } });
      if (!request.url.includes("dry_run=true")) made.push({ key: request.headers.get("idempotency-key"), body });
      return HttpResponse.json(source, { status: 201 });
    }),
  );
  return made;
}

test("a source is made once, and its page shows the address for the forge", async () => {
  const made = takesSources();
  answers("/api/v1/sources/{id}/deliveries", { items: [], next: null });
  const { user, router } = open("/governance/sources/new");
  const button = await screen.findByRole("button", { name: "Make the source" });
  expect(button).toHaveAccessibleDescription("Choose the service first.");
  expect(await violations()).toEqual([]);
  await user.selectOptions(screen.getByLabelText("Starts runs of"), await screen.findByRole("option", { name: "Lighthouse (lighthouse)" }));
  await user.type(screen.getByLabelText("Name"), "Lighthouse on the forge");
  await user.selectOptions(screen.getByLabelText("Who sends"), "Forgejo");
  await user.click(screen.getByLabelText("merges"));
  await user.type(screen.getByLabelText("Name of the secret"), "hook");
  await user.click(button);
  const address = await screen.findByRole("region", { name: "The address for your forge" });
  expect(address).toHaveTextContent(`http://localhost:3000/api/v1/hooks/${ID}`);
  expect(router.state.location.pathname).toBe(`/governance/sources/${ID}`);
  expect(made).toEqual([{
    key: expect.stringMatching(/[0-9a-f-]{36}/),
    body: { service: "lighthouse", name: "Lighthouse on the forge", provider: "forgejo", scheme: "signature", events: ["push", "tag", "merge"], secrets: [{ secret: "hook" }] },
  }]);
});

test("what the host says of a source is said at its field", async () => {
  takesSources({ violations: [{ path: "/scheme", code: "unknown_choice", message: "`github` sends no token" }, { path: "/service", code: "unknown_service", message: "it is not registered" }] });
  const { user } = open("/governance/sources/new");
  await user.selectOptions(await screen.findByLabelText("Starts runs of"), await screen.findByRole("option", { name: "Lighthouse (lighthouse)" }));
  await user.type(screen.getByLabelText("Name"), "x");
  await user.selectOptions(screen.getByLabelText("What shows that it is them"), "a token");
  await waitFor(() => expect(screen.getByLabelText("What shows that it is them")).toHaveAccessibleDescription(/sends no token/));
  expect(screen.getByLabelText("Starts runs of")).toHaveAccessibleDescription("it is not registered");
});

test("a source is changed at the version that was read", async () => {
  const sent = takesBy("put", "/api/v1/sources/{id}", { ...source, name: "The forge", row_version: 2 });
  const { user } = open(`/governance/sources/${ID}/settings`);
  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "The forge");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(sent.at(-1)?.headers.get("if-match")).toBe('"1"');
  expect(sent.at(-1)?.body).toEqual({ name: "The forge", service: "lighthouse", provider: "forgejo", scheme: "signature", events: ["push", "tag"], secrets: [{ secret: "hook" }] });
});

test("a source is deleted after it was said what that means", async () => {
  const gone = takesBy("delete", "/api/v1/sources/{id}", {});
  const { user, router } = open(`/governance/sources/${ID}/settings`);
  await user.click(await screen.findByRole("button", { name: "Delete the source" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Delete the source" }));
  expect(dialog.getByText(/Nothing that it sends is taken/)).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Delete the source" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/governance/sources"));
  expect(gone[0]?.headers.get("if-match")).toBe('"1"');
});

test("sources go on past a page", async () => {
  server.use(
    http.get("http://localhost:3000/api/v1/sources", ({ request }) =>
      HttpResponse.json(request.url.includes("after=more") ? { items: [{ ...source, id: RUN, name: "The last" }], next: null } : { items: [source], next: "more" })),
  );
  const { user } = open("/governance/sources");
  await user.click(await screen.findByRole("button", { name: "More of the sources" }));
  expect(await screen.findByRole("link", { name: "The last" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Lighthouse on the forge" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /More/ })).toBeNull();
});
