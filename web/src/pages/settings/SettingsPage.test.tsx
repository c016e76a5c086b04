import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Asked } from "../../test/host/edge";
import { type Host, startHost } from "../../test/host/host";
import { ciConfig, may } from "../../test/host/state";
import { open } from "../../test/render";
import { production } from "../../test/samples";
import { isSilent, refuses, server } from "../../test/server";

const CI = "/services/lighthouse/settings";
const CD = `${CI}/lighthouse-production`;
const developer = may(["developer"]);

let host: Host;
beforeEach(() => { host = startHost({ permissions: developer }); });

const puts = () => host.asked.filter(({ method }) => method === "put");
const condition = ({ headers }: Asked) => headers.get("if-match") ?? headers.get("if-none-match");
const problem = (status: number, more: object) => HttpResponse.json({ type: "/problems/test", title: "Refused", status, detail: "for a test", request_id: "req-1", ...more }, { status, headers: { "content-type": "application/problem+json" } });
const names = () => screen.getAllByRole("group", { name: /^step/ }).map((step) => within(step).getByLabelText<HTMLInputElement>("Name").value);
const form = () => screen.findByRole("form", { name: "How it is built" });

test("a mistake is said at its field by the rules in the page; the host is not asked", async () => {
  const { user } = open(CI);
  const executor = await screen.findByLabelText("Executor");
  await user.clear(executor);
  await user.type(executor, "Not A Name");
  await waitFor(() => expect(executor).toHaveAccessibleDescription(/is not a executor name/));
  expect(executor).toBeInvalid();
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription(/One thing is wrong/);
  expect(puts()).toEqual([]);
});

test("what saving changes is shown, asked of the host, then saved over the version that was read", async () => {
  const { user } = open(CI);
  await form();
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("Nothing is changed.");
  await user.type(await screen.findByLabelText("Branches"), "{enter}release/*");
  const changes = await screen.findByRole("table", { name: "What saving changes" });
  expect(changes).toHaveTextContent('/branches["main"]["main","release/*"]');
  await waitFor(() => expect(puts().some(({ isDry }) => isDry)).toBe(true));
  expect(puts().every((put) => put.isDry && condition(put) === '"7"')).toBe(true);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(host.writes().map(condition)).toEqual(['"7"']);
  expect(host.state.ciConfigs[0]).toMatchObject({ revision: 4, row_version: 8, spec: { branches: ["main", "release/*"] } });
  expect(screen.getByText(/Revision 4/)).toBeVisible();
});

test("what only the host knows is said at its field too", async () => {
  // Which executors are registered no rule tells.
  server.use(http.put("http://localhost:3000/api/v1/services/:service/ci-config", () => problem(422, { violations: [{ path: "/executor", code: "unknown", message: "no executor `other` is registered" }] })));
  const { user } = open(CI);
  const executor = await screen.findByLabelText("Executor");
  await user.clear(executor);
  await user.type(executor, "other");
  await waitFor(() => expect(executor).toHaveAccessibleDescription(/no executor `other` is registered/));
});

test("form and JSON are the same draft; what can't be read is not saved, and stays until it is mended or thrown away", async () => {
  const { user } = open(CI);
  const json = await screen.findByLabelText<HTMLTextAreaElement>("As JSON");
  fireEvent.change(json, { target: { value: JSON.stringify({ ...ciConfig.spec, executor: "other" }) } });
  expect(screen.getByLabelText("Executor")).toHaveValue("other");
  fireEvent.change(json, { target: { value: "{" } });
  expect(json).toHaveAccessibleDescription(/can't be read/);
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("The JSON can't be read.");
  await user.type(screen.getByLabelText("Executor"), "s");
  expect(json).toHaveValue("{");
  expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("The JSON can't be read.");
  await user.click(screen.getByRole("button", { name: /Throw this text away/ }));
  expect(json.value).toContain('"executor": "others"');
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toBeEnabled());
});

test("a variable's name is typed past that of another one, and never takes its place", async () => {
  const [config] = host.state.ciConfigs;
  if (config) config.spec.steps = [{ name: "build", argv: ["make"], environment: { PATH: "/bin" }, timeout_seconds: 60 }];
  const { user } = open(CI);
  await form();
  await user.click(screen.getByRole("button", { name: "Add a variable" }));
  const name = screen.getAllByLabelText("Variable")[1] as HTMLInputElement;
  await user.type(name, "PATH");
  expect(name).toHaveAccessibleDescription("Another variable is called PATH: this one is still PAT.");
  await user.type(name, "_EXTRA");
  expect(screen.getAllByLabelText<HTMLInputElement>("Variable").map(({ value }) => value)).toEqual(["PATH", "PATH_EXTRA"]);
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
  const { user } = open(CI);
  const executor = await screen.findByLabelText("Executor");
  host.state.ciConfigs[0] = { ...ciConfig, spec: { ...ciConfig.spec, executor: "theirs", max_attempts: 3 }, revision: 4, row_version: 8, updated_by: "cleo" };
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
  await waitFor(() => expect(host.state.ciConfigs[0]).toMatchObject({ row_version: 9, spec: { executor: "theirs", max_attempts: 3, tags: ["v*"] } }));
  expect(host.writes().map(condition)).toEqual(['"7"', '"8"']);
});

test("the first config is written where nothing is yet", async () => {
  host = startHost({ permissions: developer, ciConfigs: [] });
  const { user } = open(CI);
  await user.click(await screen.findByRole("button", { name: "Write the first one" }));
  await user.type(screen.getByLabelText("Repository"), "https://git.example/lighthouse.git");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(host.state.ciConfigs[0]).toMatchObject({ revision: 1, spec: { repository: "https://git.example/lighthouse.git", max_attempts: 1 } }));
  expect(host.writes().map(condition)).toEqual(["*"]);
});

test("who may not change it is told why, and the host is not asked", async () => {
  host = startHost({ permissions: may(["viewer"], ["ci_config.put"], "needs the role developer") });
  const { user } = open(CI);
  await user.type(await screen.findByLabelText("Tags"), "v*");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription("needs the role developer"));
  expect(puts()).toEqual([]);
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
  host = startHost({ deployments: [{ ...production, capabilities: { ...production.capabilities, weights: false } }] });
  open(CD);
  expect(await screen.findByText("What is wrong")).toBeVisible();
  expect(screen.getByLabelText("A new version comes")).toBeInvalid();
});

test("what the floor of production asks, which the page does not know, is said at its field", async () => {
  host = startHost({ permissions: developer, minimumVotes: 2 });
  const { user } = open(CD);
  const count = await screen.findByLabelText("Persons");
  await user.clear(count);
  await user.type(count, "1");
  await waitFor(() => expect(screen.getByRole("button", { name: "Save" })).toHaveAccessibleDescription(/One thing is wrong/));
  expect(screen.getAllByText("1 votes; accepted: at least 2, the tier's policy floor")).toHaveLength(2);
  expect(host.writes()).toEqual([]);
});

test("who changed what", async () => {
  host = startHost();
  const subject = { kind: "cd_config" as const, id: production.id, service: "lighthouse", deployment: production.id };
  host.record({ kind: "cd_config.changed", subject, data: { before: { queue: "wait" }, after: { queue: "supersede" } } });
  open(CD);
  const history = await screen.findByRole("region", { name: "Who changed what" });
  expect(await within(history).findByText("/queue")).toBeVisible();
  expect(within(history).getByRole("link", { name: "event 1" })).toHaveAttribute("href", "/audit/ledger/1");
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
