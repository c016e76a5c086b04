import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";

import { visitAs } from "./support/browser";
import { ask, commitSite, HOST } from "./support/host";
import { look } from "./support/look";

const PRODUCTION = "lighthouse-production";

/** The chapters in which something is wrong with what was built, and nobody is left with it. */
export function breaking(browser: () => Browser): void {
  test("a commit that fails its checks says at which, shows that part of the log, and can't be released", async () => {
    const { page } = await visitAs(browser(), "ada");
    await build(page, commitSite("<p>no heading</p>\n", "Drop the heading"));
    await page.getByText("Failed").first().waitFor();
    await page.getByRole("link", { name: "check" }).click();
    await page.getByText("has no heading").waitFor();
    expect(await page.getByRole("link", { name: "Release it" }).count()).toBe(0);
    await look(page, "run-broken");
    await page.context().close();
  });

  test("a bad version that passed them is found out by its analysis, and production goes back by itself", async () => {
    const { page: builder } = await visitAs(browser(), "ada");
    await build(builder, commitSite("<h1>BROKEN glass</h1>\n", "Polish the lens"));
    await builder.getByRole("link", { name: "Release it" }).waitFor();
    const run = new URL(builder.url()).pathname.split("/").at(-1);
    await builder.context().close();
    const release = await votedFor({ deployment: PRODUCTION, artifact: { ci_run: run }, version: "1.2.0", reason: "A clearer light" });

    const { page } = await visitAs(browser(), "rhea");
    await page.goto(`${HOST}/releases/${release}`);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator(".release-head").getByText("Rolled back").waitFor();
    await look(page, "release-broken");
    await page.goto(HOST);
    const row = page.getByRole("row", { name: /lighthouse/ });
    await row.getByRole("link", { name: "1.1.0" }).waitFor();
    expect(await row.textContent()).not.toContain("1.2.0");
    await page.context().close();
  });
}

/** Has `commit` built, from the page of its service. */
async function build(page: Page, commit: string): Promise<void> {
  await page.goto(`${HOST}/services/lighthouse`);
  await page.getByLabel("Commit").fill(commit);
  await page.getByLabel(/^Branch/).fill("main");
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("heading", { level: 1, name: /run/i }).waitFor();
}

/** A release that has the votes it needs. */
async function votedFor(draft: object): Promise<string> {
  const { id, content_digest: content } = await ask<{ id: string; content_digest: string }>("ada", "/releases", { method: "POST", body: draft });
  for (const person of ["ben", "cleo"]) await ask(person, `/releases/${id}/approve`, { method: "POST", body: { content } });
  return id;
}
