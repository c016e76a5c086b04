// Prints the bytes that a page loads to ask the rules, each file gzipped as a server sends it.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LOADED = ["dist/rules_bg.wasm", "dist/rules.js", "functions.js", "index.js", "loader.js"];
const gzipped = (name) => gzipSync(readFileSync(new URL(`../npm/${name}`, import.meta.url)), { level: 9 }).length;
console.log(LOADED.map(gzipped).reduce((sum, size) => sum + size, 0));
