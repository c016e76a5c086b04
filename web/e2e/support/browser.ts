import { existsSync } from "node:fs";

import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

import { HOST, tokenOf } from "./host";

/** How long anything may take before it counts as stuck: machines differ, and no chapter is about how long. */
const PATIENCE_MS = 60_000;

// Nothing of the browser's own asks the network.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Debian's Chromium, or the one that `CICD_CHROMIUM` names. */
export function launch(): Promise<Browser> {
  const executablePath = process.env["CICD_CHROMIUM"] ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: \`sudo apt-get install chromium\`, or set CICD_CHROMIUM`);
  return chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS });
}

/** Somebody's own browser, and what its console complained of: a broken policy, an error that nobody caught. */
export interface Visitor {
  page: Page;
  complaints: string[];
}

/** What a console says of the policy. A request that was refused is no complaint: pages tell those themselves. */
const POLICY = /Content Security Policy|Trusted ?Type/i;

/** Opens a browser of its own, without cookies of any other. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: "reduce", colorScheme: "light", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  // By the debugger and not by the page, so that the policy needs no hole for it.
  await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => POLICY.test(message.text()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Signs in by the form, on whatever page is asked for. */
export async function signIn(page: Page, person: string, path = "/", base = HOST): Promise<void> {
  await page.goto(`${base}${path}`);
  await page.getByLabel("API token").fill(tokenOf(person));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** A browser in which `person` is signed in. */
export async function visitAs(browser: Browser, person: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const visitor = await visit(browser, options);
  await signIn(visitor.page, person);
  return visitor;
}
