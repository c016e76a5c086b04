import { mkdirSync } from "node:fs";

import type axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";

declare global {
  interface Window {
    /** What `visit` brings to every page. */
    axe: typeof axe;
  }
}

const SHOTS = process.env["CICD_SCREENSHOTS"] ?? "../target/screenshots";
/** Where the README takes its pictures from; only when they are asked for. */
const IMAGES = process.env["UPDATE_DOCS"] ? "../docs/images" : undefined;
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

/** What axe finds wrong, in words. */
async function violations(page: Page, options: axe.RunOptions = {}): Promise<string[]> {
  const results = await page.evaluate<axe.AxeResults, axe.RunOptions>((given) => window.axe.run(document, given), options);
  return results.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
}

/** Looks at a page in light, dark and on a phone: it can be used by everybody, fits, and its picture is kept for people. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await expect.poll(() => page.locator(".loading, .chart-place").count()).toBe(0);
  await shoot(page, `${name}-light`);
  expect(await violations(page), name).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot(page, `${name}-dark`);
  expect(await violations(page, { runOnly: ["color-contrast"] }), `${name}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(PHONE);
  await shoot(page, `${name}-phone`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is as wide as a phone`).toBeLessThanOrEqual(PHONE.width);
  await page.setViewportSize(DESK);
}

/** Keeps a picture of what is seen now. */
export async function shoot(page: Page, name: string): Promise<void> {
  // What sticks to the window's edge would stand in the middle of the whole page's picture.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

/** Takes one of the README's pictures, when they are asked for: the upper `height` pixels. */
export async function picture(page: Page, name: string, height: number): Promise<void> {
  if (!IMAGES) return;
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: `${IMAGES}/${name}.png`, clip: { x: 0, y: 0, width: DESK.width, height } });
}

/** Tells what every page says, and keeps its picture. */
export async function tellOf(browser: Browser): Promise<void> {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [index, page] of pages.entries()) {
    await shoot(page, `failed-${index}`).catch(() => undefined);
    const text = await page.locator("body").innerText({ timeout: 5_000 }).catch(String);
    console.error(`${page.url()}\n${text.replace(/\n+/g, "\n").slice(0, 3_000)}\n`);
  }
}
