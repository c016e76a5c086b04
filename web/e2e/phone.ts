import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";

import { signIn, visit } from "./support/browser";
import { askForProduction } from "./support/host";
import { shoot } from "./support/look";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** WCAG 2.2, 2.5.8: what is pressed measures at least this, in CSS pixels. */
const TARGET = 24;

/** The chapters that people play on a phone, by touch. */
export function onAPhone(browser: () => Browser): void {
  test("an approver opens the inbox, sees what is different, and approves by touch", async () => {
    await askForProduction("2.0.0");
    const { page, complaints } = await visit(browser(), PHONE);
    await signIn(page, "ben");
    await page.getByRole("link", { name: /^Approvals/ }).tap();
    await page.getByRole("button", { name: "Vote on lighthouse 2.0.0" }).tap();
    await page.getByText("What is different from what runs").waitFor();
    await fits(page);
    await shoot(page, "phone-ballot");
    await page.getByRole("button", { name: "Approve" }).tap();
    await page.getByText(/^You approved/).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a release manager withdraws it", async () => {
    const release = await askForProduction("2.0.1");
    const { page } = await visit(browser(), PHONE);
    await signIn(page, "rhea", `/releases/${release}`);
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await fits(page);
    await page.getByRole("button", { name: "Cancel" }).tap();
    await page.getByRole("button", { name: "Cancel the release" }).tap();
    await page.getByText("It was withdrawn by rhea.").waitFor();
    await page.context().close();
  });

  test("whoever comes back to a list finds it where it was, and a new page begins at its top", async () => {
    const { page } = await visit(browser(), { ...PHONE, viewport: { width: 390, height: 400 } });
    await signIn(page, "ben", "/releases");
    const release = page.getByRole("link", { name: "2.0.0" });
    await release.scrollIntoViewIfNeeded();
    const before = await scrolled(page);
    expect(before).toBeGreaterThan(100);
    await release.tap();
    await page.getByRole("heading", { level: 1, name: /2\.0\.0/ }).waitFor();
    expect(await scrolled(page)).toBe(0);
    await page.goBack();
    await expect.poll(() => scrolled(page)).toBe(before);
    await page.context().close();
  });
}

/** Nothing is wider than the phone, and everything that is pressed is large enough for a finger. */
async function fits(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.viewport.width);
  const small = await page.locator("button, nav a, a.button, select, input").evaluateAll((elements, least) =>
    elements.map((element) => ({ said: element.textContent || element.tagName, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.width < least || box.height < least))
      .map(({ said, box }) => `${said}: ${box.width} × ${box.height}`), TARGET);
  expect(small).toEqual([]);
}

function scrolled(page: Page): Promise<number> {
  return page.evaluate(() => Math.round(window.scrollY));
}
