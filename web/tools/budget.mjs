// Fails when the script of the first load outgrows its budget, gzipped.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KIB = 300;
const page = readFileSync("dist/index.html", "utf8");
const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
if (scripts.length === 0) throw new Error("dist/index.html loads no script");
const bytes = scripts.map((name) => gzipSync(readFileSync(`dist/${name}`)).length);
const kib = bytes.reduce((sum, size) => sum + size, 0) / 1024;
console.log(`first load: ${kib.toFixed(1)} KiB of script, gzipped; at most ${BUDGET_KIB}`);
if (kib > BUDGET_KIB) process.exit(1);
