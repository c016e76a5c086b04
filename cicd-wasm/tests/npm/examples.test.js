// The examples do what they say.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const example = (name) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

test("node: a file that is fine, and one that is not", (context) => {
  const place = mkdtempSync(join(tmpdir(), "cicd-wasm-"));
  context.after(() => rmSync(place, { recursive: true }));
  const run = (...args) => spawnSync(process.execPath, [join(example("node"), "check.js"), ...args], { cwd: place, encoding: "utf8" });
  writeFileSync(join(place, "good.json"), JSON.stringify({ strategy: { type: "rolling" } }));
  writeFileSync(join(place, "bad.json"), JSON.stringify({ strategy: { type: "canary", steps: [{ weight: 10 }, { weight: 5 }] } }));
  const good = run("cd", "good.json");
  assert.deepEqual([good.status, good.stdout], [0, "good.json: fine\n"], good.stderr);
  const bad = run("cd", "good.json", "bad.json");
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^good\.json: fine\nbad\.json\/strategy\/steps\/1\/weight: .* \(not_rising\)\n$/);
  assert.equal(run("both", "good.json").status, 2);
});
