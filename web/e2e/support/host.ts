import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** The host under test, as `cargo xtask run` or `cargo xtask browse` started it. */
export const HOST = setting("CICD_HOST");
const PLACE = setting("CICD_PLACE");

function setting(name: string): string {
  const found = process.env[name];
  if (!found) throw new Error(`set ${name}; \`cargo xtask browse\` does`);
  return found;
}

/** The token of one of the sample's people, or of the admin. */
export function tokenOf(person: string): string {
  const file = person === "admin" ? "data/admin-token" : `tokens/${person}`;
  return readFileSync(`${PLACE}/${file}`, "utf8").trim();
}

/** Commits the sample's site with another page, and returns the commit. */
export function commitSite(page: string, message: string): string {
  const site = `${PLACE}/site`;
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...words], { cwd: site, encoding: "utf8" }).trim();
  writeFileSync(`${site}/pages/index.html`, page);
  git("commit", "--quiet", "--all", "--message", message);
  return git("rev-parse", "HEAD");
}

interface Asked {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: object;
  headers?: Record<string, string>;
}

/** What the API answers `person`; a refusal is an error that tells it. */
export async function ask<T>(person: string, path: string, { method = "GET", body, headers = {} }: Asked = {}): Promise<T> {
  const all = { authorization: `bearer ${tokenOf(person)}`, "content-type": "application/json", ...headers };
  const response = await fetch(`${HOST}/api/v1${path}`, { method, headers: all, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} as ${person}: ${response.status} ${text}`);
  return (text === "" ? null : JSON.parse(text)) as T;
}

/** A release to production of what runs there already, which two have to approve. */
export async function askForProduction(version: string): Promise<string> {
  const [run] = (await ask<{ items: { id: string }[] }>("ada", "/services/lighthouse/ci-runs?status=succeeded")).items;
  const draft = { deployment: "lighthouse-production", artifact: { ci_run: run?.id }, version, reason: "Because it is better" };
  return (await ask<{ id: string }>("ada", "/releases", { method: "POST", body: draft })).id;
}
