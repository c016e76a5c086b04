import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";

import { signIn, visit } from "./support/browser";
import { askForProduction } from "./support/host";

/** The chapter that somebody plays who uses no pointer at all. */
export function byKeys(browser: () => Browser): void {
  test("past the navigation, to the ballot, a comment and a rejection", async () => {
    await askForProduction("2.0.2");
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
