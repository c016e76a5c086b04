// Answers each line `["function", "arguments"]` of standard input with a line of standard output, by the package's module.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import * as rules from "../../npm/dist/rules.js";

rules.initSync({ module: readFileSync(new URL("../../npm/dist/rules_bg.wasm", import.meta.url)) });

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const [name, given] = JSON.parse(line);
  process.stdout.write(`${rules[name](given)}\n`);
}
