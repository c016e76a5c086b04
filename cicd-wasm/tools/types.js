// Writes npm/api.d.ts: the types that the package shares with the API, out of the API's own document.
// With --check it writes nothing, and fails where the file is not what would be written.
import { readFileSync, writeFileSync } from "node:fs";

import openapiTS, { astToString } from "openapi-typescript";

const WANTED = [
  "ApprovalPolicy", "BlockReason", "Capabilities", "CdSpec", "CiSpec", "CiSpecDraft", "Explanation", "Freeze", "GitRef", "Hold", "Lock",
  "Permissions", "Release", "ReleaseDetail", "ReleaseDraft", "StoredAuditEvent", "Strategy", "TimelineEntry", "TriggerType", "Violation",
];
const document = JSON.parse(readFileSync(new URL("../../cicd-http/openapi.json", import.meta.url), "utf8"));
const file = new URL("../npm/api.d.ts", import.meta.url);

const all = document.components.schemas;
const schemas = {};
function take(name) {
  if (name in schemas) return;
  schemas[name] = all[name];
  for (const [, found] of JSON.stringify(all[name]).matchAll(/"#\/components\/schemas\/(\w+)"/g)) take(found);
}
WANTED.forEach(take);

const made = await openapiTS({ ...document, paths: {}, components: { schemas } });
const text = `// Made from cicd-http/openapi.json by \`npm run types\`.\n\n${astToString(made)}`;
if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error("npm/api.d.ts is not what the API's document says: write it anew with `npm run types`");
  process.exit(1);
}
