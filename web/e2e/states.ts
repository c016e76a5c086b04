import type { Browser, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { visitAs, type Visitor } from "./support/browser";
import { ask, HOST } from "./support/host";
import { look, shoot } from "./support/look";

const NOBODY = "01890000-0000-7000-8000-000000000000";

/** A page, its address, and what it reads first, below the API. */
type Read = [name: string, path: string, api: string];

const PAGES: Read[] = [
  ["overview", "/", "overview"],
  ["services", "/services", "services"],
  ["service", "/services/lighthouse", "services/lighthouse"],
  ["releases", "/releases", "releases"],
  ["release", "/releases/{release}", "releases/{release}"],
  ["run", `/ci-runs/${NOBODY}`, `ci-runs/${NOBODY}`],
  ["approvals", "/approvals?show=all", "releases"],
  ["timeline", "/services/lighthouse/timeline", "services/lighthouse/timeline"],
  ["audit", "/audit", "audit-events"],
  ["governance", "/governance", "freezes"],
  ["access", "/governance/access", "roles"],
  ["sources", "/governance/sources", "sources"],
  ["new-release", "/services/lighthouse/release", "services/lighthouse/ci-runs"],
  ["settings", "/services/lighthouse/settings", "services/lighthouse/ci-config"],
];

/** The chapters in which a page's own reading is late, fails, is refused, or is never answered. */
export function states(browser: () => Browser): void {
  let visitor: Visitor;
  let release = "";
  beforeAll(async () => {
    visitor = await visitAs(browser(), "admin");
    await visitor.page.clock.install();
    const [known] = (await ask<{ items: { id: string }[] }>("ada", "/releases?limit=1")).items;
    release = known?.id ?? "";
  });

  afterAll(async () => {
    expect(visitor.complaints).toEqual([]);
    await visitor.page.context().close();
  });

  test.each(PAGES)("the page %s: loading, forbidden, failed, and read again", async (name, path, api) => {
    const { page } = visitor;
    const address = `${HOST}${path.replace("{release}", release)}`;
    const isRead = ({ pathname }: URL) => pathname === `/api/v1/${api.replace("{release}", release)}`;
    const answer: { status?: number } = {};
    await page.route(isRead, (route) => answer.status && refuse(route, answer.status));
    await page.goto(address);
    await page.locator(".loading").first().waitFor();
    await shoot(page, `${name}-loading`);
    answer.status = 403;
    await page.goto(address);
    await page.getByText("You may not see or do this").first().waitFor();
    await look(page, `${name}-forbidden`);
    // Asked again, twice, before it is told: the clock of the page is ours, so that nobody waits for it.
    answer.status = 503;
    await page.goto(address);
    await expect.poll(async () => {
      await page.clock.fastForward(1_000);
      return page.getByText("r-503").count();
    }).toBeGreaterThan(0);
    await shoot(page, `${name}-failed`);
    await page.unroute(isRead);
    await page.getByRole("button", { name: "Try again" }).first().click();
    await expect.poll(() => page.getByText("r-503").count()).toBe(0);
  });
}

function refuse(route: Route, status: number): Promise<void> {
  const problem = { type: "/problems/for-a-test", title: "For a test", status, detail: "nobody is told", request_id: `r-${status}` };
  return route.fulfill({ status, contentType: "application/problem+json", json: problem });
}
