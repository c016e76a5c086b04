import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import { violations } from "../../test/axe";
import { open } from "../../test/render";
import { ben, lighthouse, mayAll, production } from "../../test/samples";
import { answers, isSilent, refuses, server } from "../../test/server";

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/overview", { items: [], next: null });
  answers("/api/v1/releases", { items: [], next: null });
  answers("/api/v1/services", { items: [], next: null });
  answers("/api/v1/services/{service}", lighthouse);
  answers("/api/v1/services/{service}/ci-runs", { items: [], next: null });
  answers("/api/v1/deployments", { items: [production], next: null });
  refuses("get", "/api/v1/deployments/{deployment}/cd-config", 404);
});

interface Put {
  id: string;
  dry: boolean;
  condition: string | null;
  body: unknown;
}

/** Takes what is put to `path`; `refuse` may refuse it. */
function takesPuts(path: "services" | "deployments", made: object, refuse: (put: Put) => object | undefined = () => undefined): Put[] {
  const puts: Put[] = [];
  server.use(
    http.put(`http://localhost:3000/api/v1/${path}/:id`, async ({ request, params }) => {
      const put: Put = { id: String(params["id"]), dry: request.url.includes("dry_run=true"), condition: request.headers.get("if-none-match"), body: await request.json() };
      puts.push(put);
      const problem = refuse(put);
      if (!problem) return HttpResponse.json({ ...made, id: put.id }, { status: put.dry ? 200 : 201 });
      return HttpResponse.json({ type: "/problems/test", title: "Refused", detail: "for a test", request_id: "req-1", status: 422, ...problem }, { status: (problem as { status?: number }).status ?? 422, headers: { "content-type": "application/problem+json" } });
    }),
  );
  return puts;
}

test("from nothing, a newcomer is led to the form that registers a service", async () => {
  const { user, router } = open("/services");
  await user.click(await screen.findByRole("link", { name: "Register one" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Register a service" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/register");
  expect(await violations()).toEqual([]);
});

test("a service is registered where there is none by that id, and shown with what comes next", async () => {
  const puts = takesPuts("services", lighthouse);
  const { user, router } = open("/register");
  const button = await screen.findByRole("button", { name: "Register the service" });
  expect(button).toHaveAccessibleDescription("Say its id first.");
  await user.type(screen.getByLabelText("Id"), "lighthouse");
  expect(button).toHaveAccessibleDescription("Say its name first.");
  expect(puts).toEqual([]);
  await user.type(screen.getByLabelText("Name"), "Lighthouse{enter}");
  expect(await screen.findByText("It runs nowhere yet")).toBeVisible();
  expect(router.state.location.pathname).toBe("/services/lighthouse");
  expect(puts.filter(({ dry }) => !dry)).toEqual([{ id: "lighthouse", dry: false, condition: "*", body: { name: "Lighthouse" } }]);
  expect(screen.getByRole("link", { name: "Add a deployment" })).toHaveAttribute("href", "/services/lighthouse/deployment");
  expect(await screen.findByRole("link", { name: "how it is built" })).toHaveAttribute("href", "/services/lighthouse/settings");
});

test.each([
  [{ status: 412, title: "It has another version" }, /one with this id already/],
  [{ status: 400, type: "/problems/malformed-path", detail: "`Big Ship` is no service id" }, /`Big Ship` is no service id/],
  [{ violations: [{ path: "/name", code: "length", message: "too long" }] }, /too long/],
])("what the host says of a draft is said at its field, before anything is made: %o", async (problem, said) => {
  const puts = takesPuts("services", lighthouse, () => problem);
  const { user } = open("/register");
  await user.type(await screen.findByLabelText("Id"), "Big Ship");
  await user.type(screen.getByLabelText("Name"), "Big ship");
  const field = screen.getByLabelText("violations" in problem ? "Name" : "Id");
  await waitFor(() => expect(field).toHaveAccessibleDescription(said));
  expect(field).toBeInvalid();
  expect(screen.getByRole("button", { name: "Register the service" })).toHaveAccessibleDescription(/One thing is wrong/);
  expect(puts.every(({ dry }) => dry)).toBe(true);
  expect(await violations()).toEqual([]);
});

test("who may not register is told why, and the host is not asked", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "service.put", allowed: false, reason: "needs the role developer" }] });
  const puts = takesPuts("services", lighthouse);
  const { user } = open("/register");
  await user.type(await screen.findByLabelText("Id"), "shop");
  await user.type(screen.getByLabelText("Name"), "Shop");
  await waitFor(() => expect(screen.getByRole("button", { name: "Register the service" })).toHaveAccessibleDescription("needs the role developer"));
  expect(puts).toEqual([]);
});

test("a failure is told beside the button, and what was typed stays", async () => {
  takesPuts("services", lighthouse, ({ dry }) => (dry ? undefined : { status: 503, title: "Busy", request_id: "req-7" }));
  const { user } = open("/register");
  await user.type(await screen.findByLabelText("Id"), "shop");
  await user.type(screen.getByLabelText("Name"), "Shop{enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent(/Busy.*req-7/);
  expect(screen.getByLabelText("Name")).toHaveValue("Shop");
});

const NEW = "/services/lighthouse/deployment";

test("a deployment is registered with its commands, by an id that follows from its place", async () => {
  const puts = takesPuts("deployments", production);
  const { user, router } = open(NEW);
  const button = await screen.findByRole("button", { name: "Register the deployment" });
  expect(button).toHaveAccessibleDescription("Name the environment first.");
  expect(await violations()).toEqual([]);
  await user.type(screen.getByLabelText("Environment"), "production");
  expect(screen.getByLabelText("Id (optional)")).toHaveAttribute("placeholder", "lighthouse-production");
  await user.selectOptions(screen.getByLabelText("Tier"), "production");
  await user.type(within(screen.getByRole("group", { name: /^apply/ })).getByLabelText(/^Program/), "./deploy{enter}--now");
  await user.click(screen.getByRole("button", { name: "Add undo" }));
  const undo = within(screen.getByRole("group", { name: /^undo/ }));
  await user.selectOptions(undo.getByLabelText("Runs"), "a shell line");
  await user.type(undo.getByLabelText("Shell"), "./deploy --back");
  await user.click(button);
  expect(await screen.findByText("Nobody said yet how releases get here")).toBeVisible();
  expect(router.state.location.pathname).toBe("/services/lighthouse/settings/lighthouse-production");
  const target = { commands: { apply: { argv: ["./deploy", "--now"] }, undo: { shell: "./deploy --back" } } };
  expect(puts.filter(({ dry }) => !dry)).toEqual([{
    id: "lighthouse-production", dry: false, condition: "*", body: { service: "lighthouse", environment: "production", tier: "production", executor: "command", target },
  }]);
});

test("what the executor says of its target is said at the member", async () => {
  takesPuts("deployments", production, () => ({ violations: [{ path: "/target/commands/apply/argv", code: "length", message: "name a program" }] }));
  const { user } = open(NEW);
  await user.type(await screen.findByLabelText("Environment"), "staging");
  const argv = within(screen.getByRole("group", { name: /^apply/ })).getByLabelText(/^Program/);
  await waitFor(() => expect(argv).toHaveAccessibleDescription(/name a program/));
});

test("another executor's target is written as JSON", async () => {
  const puts = takesPuts("deployments", production);
  const { user } = open(NEW);
  const draft = { service: "lighthouse", environment: "moon", tier: "development", executor: "rocket", target: { pad: 39 } };
  fireEvent.change(await screen.findByLabelText("As JSON"), { target: { value: JSON.stringify(draft) } });
  expect(screen.getByText(/What the executor/)).toHaveTextContent("rocket");
  await waitFor(() => expect(puts).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "Register the deployment" }));
  await waitFor(() => expect(puts.at(-1)).toEqual({ id: "lighthouse-moon", dry: false, condition: "*", body: draft }));
});

test("offline, a form waits for the host and says so", async () => {
  isSilent("/api/v1/me/permissions");
  server.use(http.put("http://localhost:3000/api/v1/services/:id", () => HttpResponse.error()));
  const { user } = open("/register");
  await user.type(await screen.findByLabelText("Id"), "shop");
  await user.type(screen.getByLabelText("Name"), "Shop{enter}");
  expect(await screen.findByText(/The host can't be reached/)).toBeVisible();
});
