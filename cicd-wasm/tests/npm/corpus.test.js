// Every function of the package, by the corpus.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import init, * as rules from "cicd-wasm";

import { CALLS, corpus } from "./calls.js";

await init();

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} answers as the corpus says`, () => {
    const cases = corpus(name);
    assert.ok(cases.length > 5);
    for (const { name: about, arguments: given, answer } of cases) {
      if ("problem" in answer) {
        assert.throws(() => call(given), { name: "RulesError", message: answer.problem }, about);
      } else {
        assert.deepEqual(call(given), answer.answer, about);
      }
    }
  });
}

test("every function is typed, and none is typed that is not there", () => {
  const types = readFileSync(new URL("../../npm/index.d.ts", import.meta.url), "utf8");
  const typed = [...types.matchAll(/^export (?:default )?(?:function|class) (\w+)/gm)].map((found) => found[1]);
  const there = Object.keys(rules).map((name) => (name === "default" ? "init" : name));
  assert.deepEqual(typed.sort(), there.sort());
  assert.deepEqual(
    Object.keys(CALLS).sort(),
    there.filter((name) => !["init", "initSync", "RulesError"].includes(name)).sort(),
  );
});
