// How the rules are loaded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import initInNode, { RulesError, initSync, validateReleaseRequest } from "cicd-wasm";

import init from "../../npm/index.js";

const bytes = readFileSync(new URL(import.meta.resolve("cicd-wasm/rules.wasm")));

test("nothing is answered before the rules are loaded", () => {
  assert.throws(() => validateReleaseRequest({}), RulesError);
});

test("what could not be loaded may be loaded again", async () => {
  await assert.rejects(init(new Uint8Array([1, 2, 3])), WebAssembly.CompileError);
  assert.throws(() => validateReleaseRequest({}), RulesError);
  await Promise.all([init(bytes), init(), initInNode()]);
  assert.equal(validateReleaseRequest({}).valid, false);
});

test("loading again changes nothing", async () => {
  initSync(bytes);
  await initInNode();
  assert.equal(validateReleaseRequest(null).violations[0].path, "");
});
