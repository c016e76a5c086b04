import { load } from "./loader.js";

export * from "./functions.js";

export default function init(source) {
  return load(() => source ?? new URL("./dist/rules_bg.wasm", import.meta.url));
}
