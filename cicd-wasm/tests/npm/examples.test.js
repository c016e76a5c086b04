// The examples do what they say.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { corpus } from "./calls.js";
import { browser, serve } from "./chromium.js";

const folder = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test("node: a file that is fine, and one that is not", (context) => {
  const place = mkdtempSync(join(tmpdir(), "cicd-wasm-"));
  context.after(() => rmSync(place, { recursive: true }));
  const program = folder("examples/node/check.js");
  const run = (...args) => spawnSync(process.execPath, [program, ...args], { cwd: place, encoding: "utf8" });
  writeFileSync(join(place, "good.json"), JSON.stringify({ strategy: { type: "rolling" } }));
  writeFileSync(join(place, "bad.json"), JSON.stringify({ strategy: { type: "canary", steps: [{ weight: 10 }, { weight: 5 }] } }));
  const good = run("cd", "good.json");
  assert.deepEqual([good.status, good.stdout], [0, "good.json: fine\n"], good.stderr);
  const bad = run("cd", "good.json", "bad.json");
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^good\.json: fine\nbad\.json\/strategy\/steps\/1\/weight: .* \(not_rising\)\n$/);
  assert.equal(run("both", "good.json").status, 2);
});

/** Opens what `folders` serve, and fails on any error that the page tells. */
async function opened(context, folders) {
  const [{ address, close }, chromium] = await Promise.all([serve(folders), browser()]);
  context.after(() => Promise.all([chromium.close(), close()]));
  const page = await chromium.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("requestfailed", (request) => errors.push(request.url()));
  await page.goto(`${address}/`);
  return { page, errors };
}

test("html: an export that is whole, and one that was altered", async (context) => {
  const folders = { "/node_modules/": folder("node_modules"), "/": folder("examples/html") };
  const { page, errors } = await opened(context, folders);
  const exported = (name) => corpus("verifyAuditChain").find((found) => found.name === name).arguments.export;
  const verdict = async (name) => {
    const buffer = Buffer.from(exported(name));
    await page.setInputFiles("#export", { name: "export.jsonl", mimeType: "application/jsonl", buffer });
    await page.waitForFunction(() => document.getElementById("chains").childElementCount > 0);
    const said = [await page.textContent("#verdict"), await page.textContent("#chains")];
    await page.evaluate(() => document.getElementById("chains").replaceChildren());
    return said;
  };
  const [whole, chains] = await verdict("whole");
  assert.equal(whole, "Whole and unaltered.");
  assert.match(chains, /^acme, ledger: 21 events verified; ends at event 21 with sha256:/);
  const [altered, where] = await verdict("bytes altered");
  assert.equal(altered, "Not to be trusted.");
  assert.match(where, /event 3 does not have the hash of its contents/);
  const [damaged, line] = await verdict("a damaged line");
  assert.equal(damaged, "Not to be trusted.");
  assert.match(line, /line 3: /);
  assert.deepEqual(errors, []);
});

test("vite: a strategy is judged and previewed as it is typed", async (context) => {
  const place = mkdtempSync(join(tmpdir(), "cicd-wasm-"));
  context.after(() => rmSync(place, { recursive: true }));
  execFileSync("npx", ["vite", "build", "--outDir", place, "--logLevel", "error"], { cwd: folder("examples/vite") });
  const { page, errors } = await opened(context, { "/": place });
  await page.waitForSelector("#steps li");
  const steps = () => page.locator("#steps li").allTextContents();
  assert.deepEqual(await steps(), [
    "after 0 s: apply", "after 0 s: 10 % of the traffic", "after 0 s: wait 60 s", "after 60 s: 50 % of the traffic",
    "after 60 s: wait for somebody", "later: promote",
  ]);
  await page.fill("#draft", JSON.stringify({ type: "canary", steps: [{ weight: 10 }, { weight: 5 }], colour: 1 }));
  const said = await page.locator("#violations li").allTextContents();
  assert.deepEqual(said.map((line) => line.split(":")[0]).sort(), ["/colour", "/steps/1/weight"]);
  assert.deepEqual(await steps(), []);
  await page.fill("#draft", "{");
  assert.match(await page.textContent("#violations"), /^\/: SyntaxError/);
  assert.deepEqual(errors, []);
});
