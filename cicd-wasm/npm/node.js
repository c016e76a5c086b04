import { readFile } from "node:fs/promises";

import { load } from "./loader.js";

export * from "./functions.js";

export default function init(source) {
  return load(() => source ?? readFile(new URL("./dist/rules_bg.wasm", import.meta.url)));
}
