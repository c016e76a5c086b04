import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";

import { signIn, visit } from "./support/browser";
import { ask } from "./support/host";
import { shoot } from "./support/look";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** WCAG 2.2, 2.5.8: what is pressed measures at least this, in CSS pixels. */
const TARGET = 24;

/** The chapters that an approver plays on a phone, by touch, and one who uses no pointer at all by keys. */
export function otherHands(browser: () => Browser): void {
  test("an approver on a phone opens the inbox, sees what is different, and approves by touch", async () => {
    await asked("2.0.0");
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

  test("a release manager on a phone withdraws it", async () => {
    const release = await asked("2.0.1");
    const { page } = await visit(browser(), PHONE);
    await signIn(page, "rhea", `/releases/${release}`);
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await fits(page);
    await page.getByRole("button", { name: "Cancel" }).tap();
    await page.getByText("It was withdrawn by rhea.").waitFor();
    await page.context().close();
  });

  test("by keys alone: past the navigation, to the ballot, a comment and a rejection", async () => {
    await asked("2.0.2");
    const { page } = await visit(browser());
    await signIn(page, "cleo", "/approvals");
    await page.getByRole("button", { name: "Vote on lighthouse 2.0.2" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Vote on lighthouse 2.0.2" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await tabTo(page, "Vote on lighthouse 2.0.2");
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle), "the focus is seen").not.toBe("none");
    await page.keyboard.press("Enter");
    await page.getByLabel(/Comment/).waitFor();
    await tabTo(page, "");
    await page.keyboard.type("Too dim");
    await tabTo(page, "Reject");
    await page.keyboard.press("Space");
    await page.getByText(/^You rejected/).waitFor();
    await page.context().close();
  });
}

/** A release to production of what runs there already, which two have to approve. */
async function asked(version: string): Promise<string> {
  const [run] = (await ask<{ items: { id: string }[] }>("ada", "/services/lighthouse/ci-runs?status=succeeded")).items;
  const draft = { deployment: "lighthouse-production", artifact: { ci_run: run?.id }, version, reason: "By other hands" };
  return (await ask<{ id: string }>("ada", "/releases", { method: "POST", body: draft })).id;
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

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
}

/** Presses Tab until what is called `name` has the focus; a field that is written into is called nothing. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const isField = await page.evaluate(() => document.activeElement?.tagName === "TEXTAREA");
    if (name === "" ? isField : (await focused(page)) === name) return;
  }
  throw new Error(`no key leads to “${name}”`);
}
