import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { open } from "../test/render";
import { world } from "../test/world";

beforeEach(() => world("text"));

const main = () => screen.getByRole("main");

test("another page has the focus, so that keys and screen readers go on in it", async () => {
  const { user } = open("/");
  await user.click(await screen.findByRole("link", { name: "Governance" }));
  await screen.findByRole("heading", { level: 1, name: "Governance" });
  expect(main()).toHaveFocus();
});

test("the first page leaves the focus where the browser put it", async () => {
  open("/");
  await screen.findByRole("heading", { level: 1 });
  expect(document.body).toHaveFocus();
});

test("a filter keeps the focus that is typed into it", async () => {
  const { user } = open("/releases");
  const field = await screen.findByLabelText("Service");
  await user.type(field, "li");
  await expect.poll(() => screen.queryByDisplayValue("li")).toHaveFocus();
});
