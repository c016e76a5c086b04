// How long a page takes from nothing to its first validation: in Chromium, each time with an empty cache, both in a page that
// was opened this moment, when the browser still starts the page's process beside it, and in one that people look at.
import { fileURLToPath } from "node:url";

import { browser, serve } from "../tests/npm/chromium.js";

const TIMES = 50;
const draft = { strategy: { type: "canary", steps: [{ weight: 10, pause: { seconds: 60 } }, { weight: 50, pause: "manual" }] } };

const { address, close } = await serve({ "/": fileURLToPath(new URL("../npm/", import.meta.url)) });
const chromium = await browser();
for (const [when, wait] of [["just opened", 0], ["open for half a second", 500]]) report(when, await measure(wait));
await chromium.close();
await close();

async function measure(wait) {
  const measured = [];
  for (let time = 0; time < TIMES; time += 1) measured.push(await timesOfPage(wait));
  return measured;
}

async function timesOfPage(wait) {
  const context = await chromium.newContext();
  const page = await context.newPage();
  await page.goto(`${address}/package.json`);
  await page.waitForTimeout(wait);
  const times = await page.evaluate(first, draft);
  await context.close();
  return times;
}

function report(when, measured) {
  console.log(`${TIMES} pages, ${when}`);
  for (const name of ["scripts", "init", "first", "init and first", "later"]) {
    const sorted = measured.map((times) => times[name]).sort((a, b) => a - b);
    const at = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
    console.log(`${name}: least ${at(0)} ms, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, most ${at(1)} ms`);
  }
}

/** In the page: the times of the scripts' import, of `init`, of the first validation, and of one that comes later. */
async function first(draft) {
  const begin = performance.now();
  const rules = await import("/index.js");
  const imported = performance.now();
  await rules.default();
  const loaded = performance.now();
  if (!rules.validateCdConfig(draft).valid) throw new Error("the draft is valid");
  const validated = performance.now();
  for (let time = 0; time < 1_000; time += 1) rules.validateCdConfig(draft);
  const later = (performance.now() - validated) / 1_000;
  return {
    scripts: imported - begin, init: loaded - imported, first: validated - loaded, "init and first": validated - imported, later,
  };
}
