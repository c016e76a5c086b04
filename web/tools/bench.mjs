// How long the list of releases keeps a person waiting, with ten thousand of them: in Chromium, against a host that runs.
import { readFileSync } from "node:fs";

import { chromium } from "playwright-core";

const RELEASES = 10_000;
const SCROLLS = 100;
const LIMIT_MS = 100;
const HOST = process.env["CICD_HOST"];
const token = readFileSync(`${process.env["CICD_PLACE"]}/tokens/ben`, "utf8").trim();

const sample = await first();
const browser = await chromium.launch({ executablePath: process.env["CICD_CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
await page.addInitScript(watch);
await page.route("**/api/v1/releases?*", (route) => route.fulfill({ json: listed(new URL(route.request().url()).searchParams) }));
await page.goto(HOST);
await page.getByLabel("API token").fill(token);
await page.getByRole("button", { name: "Sign in" }).click();
await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Releases", exact: true }).click();
await page.getByRole("link", { name: `1.${RELEASES}.0` }).waitFor();
while (!(await page.getByText(`${RELEASES.toLocaleString()} in all`).isVisible())) await page.mouse.wheel(0, 20_000);
await page.evaluate(() => { window.tasks.length = 0; window.interactions.length = 0; });
for (let time = 0; time < SCROLLS; time += 1) await page.mouse.wheel(0, time % 2 ? 40_000 : -30_000);
for (const status of ["failed", "", "succeeded", ""]) await page.getByLabel("Status").selectOption(status);
for (let time = 0; time < 20; time += 1) await page.keyboard.press("Tab");
await page.waitForTimeout(1_000);
const [tasks, interactions] = await page.evaluate(() => [window.tasks, window.interactions]);
await browser.close();

console.log(`${RELEASES} releases in the list, of which a page holds those that can be seen`);
told("longest task while it is scrolled and filtered", Math.max(...tasks, 0));
told("slowest interaction until the next paint", Math.max(...interactions, 0));

/** Tells what took that long, and what share of the limit that is. */
function told(what, took) {
  console.log(`list/${what}: ${took.toFixed(0)} ms, ${(took / LIMIT_MS).toFixed(2)} of ${LIMIT_MS} ms`);
}

/** The host's first release, which all of the list are made of. */
async function first() {
  const answer = await fetch(`${HOST}/api/v1/releases?limit=1`, { headers: { authorization: `Bearer ${token}` } });
  const { items } = await answer.json();
  return items[0];
}

/** A page of the list as the host would give it. */
function listed(query) {
  const from = Number(query.get("after") ?? 0);
  const to = Math.min(from + Number(query.get("limit")), RELEASES);
  const items = Array.from({ length: to - from }, (_, index) => ({ ...sample, id: `r-${RELEASES - from - index}`, version: `1.${RELEASES - from - index}.0` }));
  return { items, next: to < RELEASES ? String(to) : null };
}

/** In the page: keeps every task of over 50 ms, and every interaction of over 16 ms. */
function watch() {
  window.tasks = [];
  window.interactions = [];
  for (const [type, kept] of [["longtask", window.tasks], ["event", window.interactions]]) {
    const observer = new PerformanceObserver((list) => kept.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type, durationThreshold: 16 });
  }
}
