import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { visitAs, type Visitor } from "./support/browser";
import { ask, HOST } from "./support/host";
import { look } from "./support/look";

const SERVICE = "harbour";
const PLACE = `${SERVICE}-production`;

/** The chapters in which an admin makes a service of its own, by nothing but the pages. */
export function registering(browser: () => Browser): void {
  let admin: Visitor;
  let page: Page;
  beforeAll(async () => {
    admin = await visitAs(browser(), "admin");
    page = admin.page;
  });
  afterAll(() => admin?.page.context().close());

  test("an admin registers a service; an id that is taken is told at its field", () => registersService(page));
  test("then says where it runs, and how releases get there, which production asks for by name", () => saysWhereItRuns(page));
  test("what it is changes by version, and a config is deleted after it was said what that means", () => changesAndDeletes(page));
  test("a source is made, changed and deleted; its page shows the address for the forge", () => makesSource(page));
  test("one deployment is frozen alone, by choosing it", () => freezesOne(page));
  test("none of these pages broke the policy", () => expect(admin.complaints).toEqual([]));
}

async function registersService(page: Page): Promise<void> {
  await page.goto(`${HOST}/services`);
  await page.getByRole("link", { name: "Register a service" }).click();
  await page.getByLabel("Id").fill(SERVICE);
  await page.getByLabel("Name").fill("Harbour");
  await look(page, "register");
  await page.getByRole("button", { name: "Register the service" }).click();
  await page.getByRole("heading", { name: "It runs nowhere yet" }).waitFor();
  await look(page, "service-empty");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "About" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Old harbour");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await look(page, "settings-about");
  await page.goto(`${HOST}/register`);
  await page.getByLabel("Id").fill(SERVICE);
  await page.getByLabel("Name").fill("Another harbour");
  await page.getByText(/one with this id already/).first().waitFor();
  await look(page, "register-taken");
}

async function saysWhereItRuns(page: Page): Promise<void> {
  await page.goto(`${HOST}/services/${SERVICE}`);
  await page.getByRole("link", { name: "Add a deployment" }).click();
  await page.getByRole("textbox", { name: "Environment" }).fill("production");
  await page.getByLabel("Tier").selectOption("production");
  await page.getByLabel(/^Program and arguments/).fill("true");
  await look(page, "new-deployment");
  await page.getByRole("button", { name: "Register the deployment" }).click();
  await page.getByRole("button", { name: "Write the first one" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save in production" });
  await dialog.getByLabel(/This is production/).fill(SERVICE);
  await look(page, "save-in-production");
  await dialog.getByRole("button", { name: "Save in production" }).click();
  await page.getByText("Saved.").waitFor();
}

async function changesAndDeletes(page: Page): Promise<void> {
  await page.getByRole("link", { name: "What it is" }).click();
  await page.getByRole("button", { name: "Add undo" }).click();
  await page.getByLabel(/^Program and arguments/).last().fill("true");
  await look(page, "settings-place");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByLabel(/This is production/).fill(SERVICE);
  await page.getByRole("button", { name: "Save in production" }).click();
  await page.getByText("Saved.").waitFor();
  expect(await ask("admin", `/deployments/${PLACE}`)).toMatchObject({ revision: 2, capabilities: { undo: true } });
  await page.getByRole("link", { name: "How releases reach it" }).click();
  await page.getByRole("button", { name: "Delete the CD config" }).click();
  await page.getByLabel(/This is production/).fill(SERVICE);
  await look(page, "delete-config");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the CD config" }).click();
  await page.getByRole("heading", { name: "Nobody said yet how releases get here" }).waitFor();
}

async function makesSource(page: Page): Promise<void> {
  await page.goto(`${HOST}/governance/sources`);
  await page.getByRole("link", { name: "New source" }).click();
  await page.getByLabel("Starts runs of").selectOption(SERVICE);
  await page.getByLabel("Name", { exact: true }).fill("Harbour on the forge");
  await page.getByLabel("Name of the secret").fill("harbour-hook");
  await look(page, "new-source");
  await page.getByRole("button", { name: "Make the source" }).click();
  await page.getByRole("region", { name: "The address for your forge" }).getByText(`${HOST}/api/v1/hooks/`).waitFor();
  await look(page, "source");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("merges").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await look(page, "source-settings");
  await page.getByRole("button", { name: "Delete the source" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the source" }).click();
  await page.getByRole("heading", { level: 1, name: "Governance" }).waitFor();
  await expect.poll(() => page.getByText("Harbour on the forge").count()).toBe(0);
}

async function freezesOne(page: Page): Promise<void> {
  await page.goto(`${HOST}/governance`);
  await page.getByLabel(/^What/).selectOption("One deployment");
  await page.getByLabel("Deployment to freeze").selectOption(PLACE);
  await page.getByLabel("Reason of the freeze").fill("Storm");
  await look(page, "freeze-one");
}
