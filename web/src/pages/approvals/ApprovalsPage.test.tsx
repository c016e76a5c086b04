import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { open } from "../../test/render";
import { ben, ID, waiting } from "../../test/samples";
import { answers, refuses } from "../../test/server";

beforeEach(() => answers("/api/v1/session", ben));

test("what waits is told with who asked, why, and how many votes are there", async () => {
  answers("/api/v1/me/approvals", { items: [waiting], next: null });
  open("/approvals");
  const link = await screen.findByRole("link", { name: "lighthouse 1.4.0" });
  expect(link).toHaveAttribute("href", `/releases/${ID}`);
  const entry = screen.getByRole("listitem");
  expect(entry).toHaveTextContent(/Deploy to production, asked for by ada/);
  expect(entry).toHaveTextContent("a brighter lamp");
  expect(entry).toHaveTextContent("1 of 2 votes");
  expect(within(screen.getByRole("navigation")).getByText("1")).toBeVisible();
});

test("nothing waits", async () => {
  answers("/api/v1/me/approvals", { items: [], next: null });
  open("/approvals");
  expect(await screen.findByText("Nothing waits for your vote")).toBeVisible();
});

test("a failure can be tried again", async () => {
  refuses("get", "/api/v1/me/approvals", 503);
  const { user } = open("/approvals");
  const again = await screen.findByRole("button", { name: "Try again" });
  answers("/api/v1/me/approvals", { items: [waiting], next: null });
  await user.click(again);
  expect(await screen.findByRole("link", { name: "lighthouse 1.4.0" })).toBeVisible();
});
