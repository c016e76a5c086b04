import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { breaking } from "./breaking";
import { hostile } from "./hostile";
import { byKeys } from "./keys";
import { onAPhone } from "./phone";
import { registering } from "./registering";
import { states } from "./states";
import { launch, signIn, visit, visitAs, type Visitor } from "./support/browser";
import { ask, commitSite, HOST } from "./support/host";
import { look, picture, tellOf } from "./support/look";
import { Proxy } from "./support/proxy";

const SERVICE = "lighthouse";
const PRODUCTION = "lighthouse-production";

/** What an admin may change: a name, an address and a heading each. */
const GOVERNED = [
  ["governance", "/governance", "Governance"],
  ["access", "/governance/access", "Governance"],
  ["sources", "/governance/sources", "Governance"],
  ["settings-ci", `/services/${SERVICE}/settings`, "Settings of lighthouse"],
  ["settings-cd", `/services/${SERVICE}/settings/${PRODUCTION}`, "Settings of lighthouse"],
] as const;

let browser: Browser;
let ada: Visitor;
let ben: Visitor;
let cleo: Visitor;
let rhea: Visitor;
/** The address of the release to production, below the host. */
let release: string;

beforeAll(async () => {
  browser = await launch();
  [ada, ben, cleo, rhea] = await Promise.all([visitAs(browser, "ada"), visit(browser), visitAs(browser, "cleo"), visitAs(browser, "rhea")]);
});
afterAll(() => browser?.close());
// Where it broke is seldom where it went wrong: everybody's page is told.
beforeEach(({ onTestFailed }) => onTestFailed(() => tellOf(browser)));

test("a wrong token is told; a right one shows what runs where", async () => {
  const { page } = ben;
  await page.goto(HOST);
  await page.getByLabel("API token").fill("cicd_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await look(page, "sign-in-refused");
  await signIn(page, "ben");
  await page.getByRole("row", { name: /lighthouse/ }).waitFor();
  await page.getByText("Live").waitFor();
});

test("Ada asks for a release to production, and is told that others vote", async () => {
  const { page } = ada;
  await page.goto(`${HOST}/services/${SERVICE}`);
  await page.getByRole("link", { name: "New release" }).click();
  await page.getByLabel("Where to").selectOption(PRODUCTION);
  await page.getByLabel("Version").fill("1.0.0");
  await page.getByLabel("Reason").fill("The first light");
  await page.getByText("20 %").waitFor();
  await look(page, "new-release");
  await page.getByRole("button", { name: "Create the release" }).click();
  await page.getByText(/somebody else has to agree/).waitFor();
  release = new URL(page.url()).pathname;
  await look(page, "release-own");
});

test("Ben and Cleo approve in browsers of their own, and each sees the other's vote come", async () => {
  await cleo.page.goto(`${HOST}${release}`);
  await cleo.page.getByRole("button", { name: "Approve" }).waitFor();
  const { page } = ben;
  await page.getByRole("link", { name: /^Approvals/ }).click();
  await page.getByRole("link", { name: "lighthouse 1.0.0" }).waitFor();
  await look(page, "approvals");
  await page.getByRole("button", { name: "Vote on lighthouse 1.0.0" }).click();
  await page.getByText("Nothing runs there yet.").waitFor();
  await look(page, "approvals-vote");
  await page.getByRole("link", { name: "lighthouse 1.0.0" }).click();
  await page.getByRole("heading", { level: 1, name: "Release 1.0.0" }).waitFor();
  await page.getByLabel(/Comment/).fill("It shines");
  await look(page, "release-waiting");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("You have voted.").waitFor();
  await cleo.page.getByText("It shines").waitFor();
  await cleo.page.getByRole("button", { name: "Approve" }).click();
  // The last vote: nobody is asked any more.
  await cleo.page.locator(".tally", { hasText: "2 of 2 votes" }).waitFor();
  await page.locator(".tally", { hasText: "2 of 2 votes" }).waitFor();
});

test("the rollout starts by itself; it waits for Rhea, and ends well", async () => {
  const { page } = rhea;
  await page.goto(`${HOST}${release}`);
  await page.getByText(/somebody has to resume it/).waitFor();
  // Whoever may not is told why.
  await ben.page.getByText(/somebody has to resume it/).waitFor();
  expect(await ben.page.getByRole("button", { name: "Resume" }).isDisabled()).toBe(true);
  await look(ben.page, "release-not-mine");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText(/goes on in/).waitFor();
  await promote(page);
  await succeeded(page);
  await look(page, "release-succeeded");
});

test("Ada builds another commit and asks for its release", async () => {
  const { page } = ada;
  const commit = commitSite("<h1>Lighthouse, in red</h1>\n", "Try another colour");
  await page.goto(`${HOST}/services/${SERVICE}`);
  await page.getByLabel("Commit").fill(commit);
  await page.getByLabel(/^Branch/).fill("main");
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("link", { name: "Release it" }).waitFor();
  await page.getByText("is fine").waitFor();
  await look(page, "run");
  await page.getByRole("link", { name: "Release it" }).click();
  await page.getByLabel("Where to").selectOption(PRODUCTION);
  await page.getByLabel("Version").fill("1.1.0");
  await page.getByText("1.0.0").waitFor();
  await page.getByRole("button", { name: "Create the release" }).click();
  await page.getByText(/somebody else has to agree/).waitFor();
  release = new URL(page.url()).pathname;
});

test("Ben and Cleo press the same button at the same moment: both votes count", async () => {
  const pages = [ben.page, cleo.page];
  await Promise.all(pages.map((page) => page.goto(`${HOST}${release}`)));
  const buttons = pages.map((page) => page.getByRole("button", { name: "Approve" }));
  await Promise.all(buttons.map((button) => button.waitFor()));
  await Promise.all(buttons.map((button) => button.click()));
  await Promise.all(pages.map((page) => page.locator(".tally", { hasText: "2 of 2 votes" }).waitFor()));
});

test("it rolls out beside the version that runs", async () => {
  const { page } = rhea;
  await page.goto(`${HOST}${release}`);
  await page.getByText(/somebody has to resume it/).waitFor();
  await look(page, "release-in-progress");
  await picture(page, "release", 860);
  await page.goto(HOST);
  await page.getByText("Rolling out").waitFor();
  await look(page, "overview");
  await picture(page, "overview", 300);
  await page.goto(`${HOST}${release}`);
  await promote(page);
  await succeeded(page);
});

describe("something breaks", () => breaking(() => browser));

test("people regret it: production goes back, with a reason and the service's name", async () => {
  const { page } = rhea;
  await page.goto(`${HOST}${release}`);
  await page.getByRole("button", { name: "Roll back" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("The light blinds sailors");
  await dialog.getByLabel(/This is production/).fill(SERVICE);
  await look(page, "rollback");
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("heading", { name: "Roll back to 1.0.0" }).waitFor();
  await promote(page);
  await succeeded(page);
  await page.goto(`${HOST}${release}`);
  await page.locator(".release-head").getByText("Rolled back").waitFor();
  await look(page, "release-rolled-back");
});

test.each([
  ["services", "/services", "Services"],
  ["service", `/services/${SERVICE}`, "Lighthouse"],
  ["releases", "/releases", "All releases"],
  ["timeline", `/services/${SERVICE}/timeline`, "Timeline of lighthouse"],
  ["timeline-by-release", `/services/${SERVICE}/timeline?group=release`, "Timeline of lighthouse"],
  ["timeline-empty", `/services/${SERVICE}/timeline?from=2020-01-01&to=2020-01-02`, "Nothing happened"],
  ["approvals-empty", "/approvals", "Nothing waits for your vote"],
  ["audit-forbidden", "/audit", "You may not see or do this"],
  ["not-found", "/nowhere", "There is no such page"],
  ["release-not-found", "/releases/01890000-0000-7000-8000-000000000000", "There is no such thing"],
])("the page %s can be used by everybody", async (name, path, heading) => {
  await ben.page.goto(`${HOST}${path}`);
  await ben.page.getByRole("heading", { name: heading }).waitFor();
  await look(ben.page, name);
  if (name === "timeline") await picture(ben.page, name, 620);
});

test("an admin reads the audit trail, down to one event", async () => {
  const { page, complaints } = await visitAs(browser, "admin");
  await page.goto(`${HOST}/audit`);
  await page.getByRole("row", { name: /release\.approved/ }).first().waitFor();
  const beside = page.waitForEvent("worker");
  await page.getByRole("button", { name: "Verify this chain in the browser" }).click();
  await beside;
  await page.getByText("Verified in this browser").waitFor();
  await look(page, "audit");
  await page.getByRole("row", { name: /release\.approved/ }).first().getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: /release\.approved/ }).waitFor();
  await look(page, "audit-event");
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("an admin governs: rules, access, sources, settings", async () => {
  const { page, complaints } = await visitAs(browser, "admin");
  for (const [name, path, heading] of GOVERNED) {
    await page.goto(`${HOST}${path}`);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await look(page, name);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("two people change the same settings: the second is told, and both changes stay", async () => {
  const path = `/services/${SERVICE}/settings`;
  const admin = await visitAs(browser, "admin");
  const late = await visit(browser);
  // Whoever hears no news learns of the other change only by saving.
  await late.page.route("**/api/v1/events", (route) => route.abort());
  await signIn(late.page, "ada", path);
  await late.page.getByLabel("Tags").fill("v*");
  await admin.page.goto(`${HOST}${path}`);
  await admin.page.getByLabel("Attempts").fill("4");
  await save(admin.page);
  await late.page.getByRole("button", { name: "Save" }).click();
  const conflict = late.page.getByRole("region", { name: "Somebody else saved meanwhile" });
  await conflict.waitFor();
  await look(late.page, "settings-conflict");
  await conflict.getByRole("button", { name: "Go on with both changes" }).click();
  await save(late.page);
  const saved = await ask<object>("ada", `/services/${SERVICE}/ci-config`);
  expect(saved).toMatchObject({ spec: { max_attempts: 4, tags: ["v*"] } });
  await Promise.all([admin, late].map(({ page }) => page.context().close()));
});

test("a connection that is lost is told, what was read stays, and it comes back by itself", async () => {
  const proxy = await Proxy.start();
  const { page } = await visit(browser);
  await signIn(page, "ben", release, proxy.address);
  await page.getByText("Live").waitFor();
  await page.getByRole("heading", { name: "Release 1.1.0" }).waitFor();
  proxy.cut();
  await page.getByText(/The connection to the host is lost/).waitFor();
  await page.getByRole("heading", { name: "Release 1.1.0" }).waitFor();
  await look(page, "offline");
  proxy.mend();
  await page.getByText("Live").waitFor();
  expect(await page.getByText(/The connection to the host is lost/).count()).toBe(0);
  await page.context().close();
  await proxy.stop();
});

test("below a prefix: sign-in, links, and an address that is opened anew", async () => {
  const proxy = await Proxy.start("/tools/delivery");
  const { page, complaints } = await visit(browser);
  await signIn(page, "ben", "/", proxy.address);
  await page.getByRole("link", { name: "Services" }).click();
  await page.getByRole("link", { name: "Lighthouse" }).click();
  // The list has a heading of that name, too.
  const heading = page.getByRole("heading", { level: 1, name: "Lighthouse" });
  await heading.waitFor();
  expect(page.url()).toBe(`${proxy.address}/services/${SERVICE}`);
  await page.reload();
  await heading.waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
  await proxy.stop();
});

test("whoever's token is revoked is signed out", async () => {
  const { id, row_version, token } = await ask<{ id: string; row_version: number; token: string }>("admin", "/tokens", {
    method: "POST",
    body: { principal: "dora", roles: ["viewer"] },
  });
  const { page } = await visit(browser);
  await page.goto(HOST);
  await page.getByLabel("API token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Live").waitFor();
  await ask("admin", `/tokens/${id}`, { method: "DELETE", headers: { "if-match": `"${row_version}"` } });
  await page.getByLabel("API token").waitFor();
  await page.getByText(/Your session has ended/).waitFor();
  expect(await page.getByText("dora").filter({ visible: true }).allInnerTexts()).toEqual(["dora"]);
  await look(page, "session-ended");
  await page.context().close();
});

describe("an admin registers", () => registering(() => browser));

describe("on a phone", () => onAPhone(() => browser));

describe("by keys alone", () => byKeys(() => browser));

describe("what a page reads", () => states(() => browser));

describe("whatever people write is text", () => hostile(() => browser));

test("no page broke the policy, and the policy holds", async () => {
  expect([ada, ben, cleo, rhea].flatMap(({ complaints }) => complaints)).toEqual([]);
  await ben.page.evaluate(() => {
    const script = document.createElement("style");
    script.textContent = "body { color: red }";
    document.head.append(script);
  });
  await expect.poll(() => ben.complaints.join()).toMatch(/style-src/);
  const markup = await ben.page.evaluate(() => {
    try {
      document.body.innerHTML = "<b>text</b>";
      return "taken";
    } catch {
      return "refused";
    }
  });
  expect(markup).toBe("refused");
  expect(await ben.page.evaluate(() => document.cookie), "no script reads the session").not.toContain("cicd");
});

async function succeeded(page: Page): Promise<void> {
  await page.locator(".release-head").getByText("Succeeded").waitFor();
}

/** Lets everybody have it at once, which production asks for by name. */
async function promote(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Promote" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/This is production/).fill(SERVICE);
  await dialog.getByRole("button", { name: "Promote" }).click();
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
}
