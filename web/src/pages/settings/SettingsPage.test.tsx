import { readFileSync } from "node:fs";

import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { initSync } from "../../api/rules";
import type { CdConfig } from "../../api/modules/cdConfig";
import type { CiConfig } from "../../api/modules/ciConfig";
import { open } from "../../test/render";
import { ben, mayAll, production, run } from "../../test/samples";
import { answers, isSilent, refuses, server } from "../../test/server";

const CI = "/services/lighthouse/settings";
const CD = `${CI}/lighthouse-production`;
const about = { revision: 3, row_version: 7, updated_at: "2026-11-20T10:00:00.000000Z", updated_by: "ada" };
const ciConfig = (more: Partial<CiConfig["spec"]> = {}): CiConfig => ({ service: "lighthouse", ...about, spec: { ...run().spec, ...more } });
const cdConfig: CdConfig = {
  deployment: "lighthouse-production",
  ...about,
  spec: {
    strategy: { type: "canary", on_failure: "undo", steps: [{ weight: 20, pause: { seconds: 90 }, analysis: null }] },
    approval: { deadline_seconds: null, requirements: [{ role: "approver", count: 2 }] },
    queue: "supersede", when_stale: "cancel", rollback: { approval: [] }, deadline_seconds: 3600, allow_external_artifacts: false,
  },
};

beforeAll(() => initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm")));

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  answers("/api/v1/deployments", { items: [production], next: null });
  answers("/api/v1/audit-events", { items: [], next: null });
  answers("/api/v1/services/{service}/ci-config", ciConfig());
  answers("/api/v1/deployments/{deployment}/cd-config", cdConfig);
});

interface Put {
  dry: boolean;
  condition: string | null;
  body: Record<string, unknown>;
}

/** Takes what is put to a config; `refuse` may refuse it. */
function takesConfigs(path: string, refuse: (put: Put) => Response | undefined = () => undefined): Put[] {
  const puts: Put[] = [];
  server.use(
    http.put(`http://localhost:3000/api/v1/${path}`, async ({ request }) => {
      const { headers, url } = request;
      const put: Put = { dry: url.includes("dry_run=true"), condition: headers.get("if-match") ?? headers.get("if-none-match"), body: (await request.json()) as Put["body"] };
      puts.push(put);
      return refuse(put) ?? HttpResponse.json({ ...about, revision: 4, row_version: 8, spec: put.body });
    }),
  );
  return puts;
}

const problem = (status: number, more: object) => HttpResponse.json({ type: "/problems/test", title: "Refused", status, detail: "for a test", request_id: "req-1", ...more }, { status, headers: { "content-type": "application/problem+json" } });
const names = () => screen.getAllByRole("group", { name: /^step/ }).map((step) => within(step).getByLabelText<HTMLInputElement>("Name").value);
const form = () => screen.findByRole("form", { name: "How it is built" });

test("a mistake is said at its field by the rules in the page; the host is not asked", async () => {
  const puts = takesConfigs("services/:service/ci-config");
  const { user } = open(CI);
  const executor = await screen.findByLabelText("Executor");
  await user.clear(executor);
  await user.type(executor, "Not A Name");
  await waitFor(() => expect(executor).toHaveAccessibleDescription(/is not a executor name/));
  expect(executor).toBeInvalid();
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription(/One thing is wrong/);
  expect(puts).toEqual([]);
});

test("what saving changes is shown, asked of the host, then saved over the version that was read", async () => {
  const puts = takesConfigs("services/:service/ci-config");
  const { user } = open(CI);
  await form();
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("Nothing is changed.");
  await user.type(await screen.findByLabelText("Branches"), "{enter}release/*");
  const changes = await screen.findByRole("table", { name: "What saving changes" });
  expect(changes).toHaveTextContent('/branches["main"]["main","release/*"]');
  await waitFor(() => expect(puts.some(({ dry }) => dry)).toBe(true));
  expect(puts.every(({ dry, condition }) => dry && condition === '"7"')).toBe(true);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  const saved = puts.filter(({ dry }) => !dry);
  expect(saved).toHaveLength(1);
  expect(saved[0]).toMatchObject({ condition: '"7"', body: { branches: ["main", "release/*"] } });
  expect(screen.getByText(/Revision 4/)).toBeVisible();
});

test("what only the host knows is said at its field too", async () => {
  takesConfigs("services/:service/ci-config", () => problem(422, { violations: [{ path: "/executor", code: "unknown", message: "no executor `other` is registered" }] }));
  const { user } = open(CI);
  const executor = await screen.findByLabelText("Executor");
  await user.clear(executor);
  await user.type(executor, "other");
  await waitFor(() => expect(executor).toHaveAccessibleDescription(/no executor `other` is registered/));
});

test("form and JSON are the same draft; what can't be read is not saved", async () => {
  const { user } = open(CI);
  const json = await screen.findByLabelText<HTMLTextAreaElement>("As JSON");
  fireEvent.change(json, { target: { value: JSON.stringify({ ...ciConfig().spec, executor: "other" }) } });
  expect(screen.getByLabelText("Executor")).toHaveValue("other");
  fireEvent.change(json, { target: { value: "{" } });
  expect(json).toHaveAccessibleDescription(/can't be read/);
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("The JSON can't be read.");
  await user.type(screen.getByLabelText("Executor"), "s");
  expect(json.value).toContain('"executor": "others"');
});

test("steps are added, moved and removed", async () => {
  const { user } = open(CI);
  await form();
  await user.click(screen.getByRole("button", { name: "Move step 2 up" }));
  expect(names()).toEqual(["check", "build"]);
  await user.click(screen.getByRole("button", { name: "Remove step 1" }));
  await user.click(screen.getByRole("button", { name: "Add a step" }));
  expect(names()).toEqual(["build", ""]);
  expect(await screen.findByText("/steps/1/name")).toBeVisible();
});

test("somebody else saved: both changes are brought together, and nothing is lost", async () => {
  const theirs: CiConfig = { ...ciConfig({ executor: "theirs", max_attempts: 3 }), revision: 4, row_version: 8, updated_by: "cleo" };
  const puts = takesConfigs("services/:service/ci-config", ({ condition }) => (condition === '"7"' ? problem(412, { title: "It has another version" }) : undefined));
  const { user } = open(CI);
  const executor = await screen.findByLabelText("Executor");
  answers("/api/v1/services/{service}/ci-config", theirs);
  await user.clear(executor);
  await user.type(executor, "mine");
  await user.type(screen.getByLabelText("Tags"), "v*");
  await user.click(screen.getByRole("button", { name: "Save" }));
  const conflict = await screen.findByRole("region", { name: "Somebody else saved meanwhile" });
  expect(conflict).toHaveTextContent(/cleo saved revision 4.*nothing is saved yet/);
  const go = within(conflict).getByRole("button", { name: "Go on with both changes" });
  expect(go).toHaveAccessibleDescription("Choose a side for 1 more.");
  expect(executor).toHaveValue("mine");
  await user.click(within(conflict).getByRole("radio", { name: "cleo’s: theirs" }));
  await user.click(go);
  expect(executor).toHaveValue("theirs");
  expect(screen.getByLabelText("Attempts")).toHaveValue("3");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(puts.some(({ dry, condition }) => !dry && condition === '"8"')).toBe(true));
  expect(puts.at(-1)?.body).toMatchObject({ executor: "theirs", max_attempts: 3, tags: ["v*"] });
});

test("the first config is written where nothing is yet", async () => {
  refuses("get", "/api/v1/services/{service}/ci-config", 404);
  const puts = takesConfigs("services/:service/ci-config");
  const { user } = open(CI);
  await user.click(await screen.findByRole("button", { name: "Write the first one" }));
  await user.type(screen.getByLabelText("Repository"), "https://git.example/lighthouse.git");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(puts.some(({ dry, condition }) => !dry && condition === "*")).toBe(true));
});

test("who may not change it is told why, and the host is not asked", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "ci_config.put", allowed: false, reason: "needs the role developer" }] });
  const puts = takesConfigs("services/:service/ci-config");
  const { user } = open(CI);
  await user.type(await screen.findByLabelText("Tags"), "v*");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("needs the role developer"));
  expect(puts).toEqual([]);
});

test("a strategy brings its own parameters, and what they make of a rollout", async () => {
  const { user } = open(CD);
  const plan = await screen.findByRole("region", { name: "The rollout, step by step" });
  expect(await within(plan).findByText("20 % of the traffic")).toBeVisible();
  expect(plan).toHaveTextContent(/\+0:01:30Everybody gets it/);
  await user.selectOptions(screen.getByLabelText("A new version comes"), "blue-green");
  expect(screen.queryByLabelText("Share (%)")).toBeNull();
  await user.selectOptions(screen.getByLabelText("Takes over"), "auto");
  await user.clear(screen.getByLabelText("After (s)"));
  await user.type(screen.getByLabelText("After (s)"), "soon");
  expect(screen.getByLabelText("After (s)")).toBeInvalid();
});

test("what the executor can't do is refused by the rules in the page", async () => {
  answers("/api/v1/deployments", { items: [{ ...production, capabilities: { ...production.capabilities, weights: false } }], next: null });
  open(CD);
  expect(await screen.findByText("What is wrong")).toBeVisible();
  expect(screen.getByLabelText("A new version comes")).toBeInvalid();
});

test("who changed what", async () => {
  const event = { chain: "ledger", seq: 41, at: about.updated_at, kind: "cd_config.changed", actor: { kind: "person", id: "ada" }, subject: { kind: "cd_config", id: "x" }, data: { before: { queue: "wait" }, after: { queue: "supersede" } }, previous: "", hash: "" };
  answers("/api/v1/audit-events", { items: [event], next: null } as never);
  open(CD);
  const history = await screen.findByRole("region", { name: "Who changed what" });
  expect(await within(history).findByText("/queue")).toBeVisible();
  expect(within(history).getByRole("link", { name: "event 41" })).toHaveAttribute("href", "/audit/ledger/41");
});

test.each([[403, "You may not see or do this"], [503, "Refused"]])("a refusal with %i", async (status, title) => {
  refuses("get", "/api/v1/services/{service}/ci-config", status, { request_id: "req-9" });
  open(CI);
  expect(await screen.findByRole("alert")).toHaveTextContent(new RegExp(`${title}.*req-9`));
});

test("offline, and a place that is not there", async () => {
  isSilent("/api/v1/services/{service}/ci-config");
  const { router } = open(CI);
  expect(await screen.findByRole("button", { name: "Try again" })).toBeVisible();
  await router.navigate(`${CI}/lighthouse-moon`);
  expect(await screen.findByText("It doesn't run there")).toBeVisible();
});
