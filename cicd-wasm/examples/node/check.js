// Says what is wrong with configs before anybody sends them: `node check.js ci <file>… | cd <file>…`.
import { readFile } from "node:fs/promises";

import init, { validateCdConfig, validateCiConfig } from "cicd-wasm";

const [kind, ...files] = process.argv.slice(2);
const validate = { ci: validateCiConfig, cd: validateCdConfig }[kind ?? ""];
if (!validate || files.length === 0) {
  console.error("accepted: ci <file>… or cd <file>…");
  process.exit(2);
}

await init();
for (const file of files) {
  const draft = JSON.parse(await readFile(file, "utf8"));
  const found = validate(draft);
  if (found.valid) {
    console.log(`${file}: fine`);
  } else {
    process.exitCode = 1;
    for (const { path, code, message } of found.violations) {
      console.log(`${file}${path}: ${message} (${code})`);
    }
  }
}
