import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { CORPUS, ELSEWHERE, MARK } from "./corpus";
import { visit, visitAs, type Visitor } from "./support/browser";
import { ask, HOST } from "./support/host";

const SERVICE = "hostile";
const PLACE = `${SERVICE}-staging`;
/** All of it, as far as a text may be long. */
const TEXT = CORPUS.join(" § ");
/** Far away, so that nothing of the story is held back. */
const LATER = { from: "2099-01-01T00:00:00Z", until: "2099-01-02T00:00:00Z" };

interface Made {
  run: string;
  releases: string[];
  source: string;
}

/** The chapters in which everything that people may write is what an attacker would write. */
export function hostile(browser: () => Browser): void {
  let made: Made;
  let admin: Visitor;
  const requests: string[] = [];
  const dialogs: string[] = [];
  beforeAll(async () => {
    admin = await visitAs(browser(), "admin");
    admin.page.on("request", (request) => requests.push(request.url()));
    admin.page.on("dialog", (dialog) => { dialogs.push(dialog.message()); void dialog.accept(); });
  });
  afterAll(() => admin?.page.context().close());

  test("people write it wherever a text is taken", async () => { made = await write(); });
  test("no page takes any of it for more than text", async () => {
    for (const [path, shown] of pages(made)) await isText(admin.page, path, shown);
    expect(dialogs).toEqual([]);
    expect(requests.filter((url) => url.includes(ELSEWHERE))).toEqual([]);
    expect(admin.complaints).toEqual([]);
  });
  test("an approver's ballot shows it as text, too", async () => {
    const { page, complaints } = await visitAs(browser(), "ben");
    await page.goto(`${HOST}/approvals`);
    await page.getByRole("button", { name: /^Vote on hostile/ }).first().click();
    await page.getByLabel(/Comment/).first().waitFor();
    await isClean(page, "/approvals", CORPUS);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
  test("what isn't text is found, where a page takes it for more", async () => {
    const { page } = await visit(browser());
    await page.setContent(CORPUS.join(""));
    expect(await elements(page)).toBeGreaterThan(5);
    await expect.poll(() => wasRun(page)).toBe(true);
    await page.context().close();
  });
}

/** Writes the corpus into everything that takes a text. */
async function write(): Promise<Made> {
  const create = { "if-none-match": "*" };
  await ask("admin", `/services/${SERVICE}`, { method: "PUT", headers: create, body: { name: CORPUS[0], description: TEXT.slice(0, 400) } });
  const lighthouse = await ask<{ spec: object }>("admin", "/services/lighthouse/ci-config");
  const printed = Buffer.from(CORPUS.join("\n")).toString("base64");
  const steps = [{ name: "build", shell: `echo ${printed} | base64 -d && mkdir -p dist && echo site > dist/page` }];
  const spec = { ...lighthouse.spec, steps, artifact: { name: SERVICE, path: "dist" } };
  await ask("admin", `/services/${SERVICE}/ci-config`, { method: "PUT", headers: create, body: spec });
  const target = { commands: { apply: { argv: ["true"] } } };
  await ask("admin", `/deployments/${PLACE}`, { method: "PUT", headers: create, body: { service: SERVICE, environment: "staging", tier: "staging", executor: "command", target } });
  const approval = { requirements: [{ role: "approver", count: 2 }] };
  await ask("admin", `/deployments/${PLACE}/cd-config`, { method: "PUT", headers: create, body: { strategy: { type: "rolling" }, approval, queue: "wait" } });
  const run = await built();
  const releases: string[] = [];
  for (const version of CORPUS.slice(0, 4)) releases.push(await released(run, version));
  await ask("rhea", "/freezes", { method: "POST", body: { scope: { kind: "deployment", deployment: PLACE }, reason: TEXT.slice(0, 500), ...LATER } });
  await ask("rhea", "/locks", { method: "POST", body: { deployment: PLACE, reason: TEXT.slice(0, 500), expires_at: LATER.until } });
  const sourced = { service: SERVICE, name: CORPUS[1], provider: "github", scheme: "signature", events: ["push"], secrets: [{ secret: "hook" }] };
  const { id: source } = await ask<{ id: string }>("admin", "/sources", { method: "POST", body: sourced });
  return { run, releases, source };
}

/** A run whose reason and log are the corpus. */
async function built(): Promise<string> {
  const [known] = (await ask<{ items: { trigger: { commit: string } }[] }>("ada", "/services/lighthouse/ci-runs")).items;
  const draft = { commit: known?.trigger.commit, git_ref: { type: "commit" }, reason: TEXT.slice(0, 1_900) };
  const { id } = await ask<{ id: string }>("ada", `/services/${SERVICE}/ci-runs`, { method: "POST", body: draft });
  await expect.poll(async () => (await ask<{ status: string }>("ada", `/ci-runs/${id}`)).status).toBe("succeeded");
  return id;
}

/** A release that one of two approvers has voted on, with the corpus as its comment. */
async function released(run: string, version: string): Promise<string> {
  const draft = { deployment: PLACE, artifact: { ci_run: run }, version, reason: TEXT.slice(0, 1_900) };
  const { id, content_digest } = await ask<{ id: string; content_digest: string }>("ada", "/releases", { method: "POST", body: draft });
  await ask("cleo", `/releases/${id}/approve`, { method: "POST", body: { content: content_digest, comment: TEXT.slice(0, 1_900) } });
  return id;
}

/** Every page that shows what people wrote, with some of what it must show. */
function pages({ run, releases, source }: Made): [path: string, shown: readonly string[]][] {
  const [release = ""] = releases;
  const versions = CORPUS.slice(0, 3);
  return [
    ["/", [CORPUS[0]]],
    ["/services", [CORPUS[0]]],
    [`/services/${SERVICE}`, versions],
    [`/services/${SERVICE}/about`, []],
    [`/services/${SERVICE}/settings`, []],
    [`/services/${SERVICE}/settings/${PLACE}`, []],
    [`/services/${SERVICE}/release?run=${run}&version=${encodeURIComponent(CORPUS[1])}`, [CORPUS[1]]],
    [`/services/${SERVICE}/timeline`, versions],
    [`/services/${SERVICE}/timeline?group=release`, versions],
    ["/releases?service=hostile", versions],
    [`/releases/${release}`, CORPUS.slice(0, 15)],
    [`/ci-runs/${run}`, CORPUS],
    ["/approvals?show=all", CORPUS.slice(0, 15)],
    ["/governance", CORPUS.slice(0, 6)],
    ["/governance/sources", [CORPUS[1]]],
    [`/governance/sources/${source}`, [CORPUS[1]]],
    [`/audit?service=${SERVICE}`, []],
    [`/audit?filter=${encodeURIComponent(CORPUS[0])}&actor=${encodeURIComponent(CORPUS[1])}`, []],
    [`/services/${encodeURIComponent(CORPUS[0])}`, []],
  ];
}

async function isText(page: Page, path: string, shown: readonly string[]): Promise<void> {
  await page.goto(`${HOST}${path}`);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await expect.poll(() => page.locator(".loading").count()).toBe(0);
  await isClean(page, path, shown);
}

/** What is shown is there word by word, and nothing came of it. */
async function isClean(page: Page, path: string, shown: readonly string[]): Promise<void> {
  for (const text of shown) await expect.poll(async () => squeezed(await page.locator("body").innerText()), { message: path }).toContain(squeezed(text));
  expect(await elements(page), path).toBe(0);
  expect(await wasRun(page), path).toBe(false);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} is as wide as a phone`).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1280, height: 860 });
}

/** How many elements came of a payload. */
function elements(page: Page): Promise<number> {
  return page.locator(`[${MARK}], [href^="javascript:"], [href^="data:"], [srcdoc]`).count();
}

/** Whether a script of a payload was run. */
function wasRun(page: Page): Promise<boolean> {
  return page.evaluate(() => "xss" in window);
}

/** Without the spaces that a layout may make of others. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
