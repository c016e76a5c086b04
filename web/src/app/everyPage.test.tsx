import { readFileSync } from "node:fs";

import { screen, waitFor } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";

import { initSync } from "../api/rules";
import { violations } from "../test/axe";
import { open } from "../test/render";
import { PAGES, type PageOfWorld, world } from "../test/world";

/** What others tried to get past pages like these. */
const HOSTILE = [
  "<script>document.title='owned'</script>",
  "<img src=x onerror=\"document.title='owned'\">",
  "<svg/onload=document.title='owned'>",
  "\"><iframe srcdoc=\"<script>parent.document.title='owned'</script>\">",
  "</textarea></title></style><a href=\"javascript:document.title='owned'\">x</a>",
  "javascript:document.title='owned'//",
  "{{constructor.constructor('document.title=1')()}}",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  "\u202Etxt.exe\u2066",
  "<meta http-equiv=refresh content='0;url=https://example.com'>",
].join(" ");

beforeAll(() => initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm")));

/** Opens a page of a world full of `text`, and waits until it has read everything. */
async function shown({ path, heading }: PageOfWorld, text: string): Promise<void> {
  world(text);
  open(path);
  await screen.findByRole("heading", { level: 1, name: heading });
  await waitFor(() => expect(document.querySelector(".loading")).toBeNull());
}

test.each(PAGES)("$path can be used by everybody", async (page) => {
  await shown(page, "Ada's words");
  expect(screen.queryByRole("alert")).toBeNull();
  expect(await violations()).toEqual([]);
});

test.each(PAGES)("on $path what people wrote stays text", async (page) => {
  await shown(page, HOSTILE);
  expect(document.querySelectorAll("img, script, iframe, body style, math, form form, a[href^='javascript:'], [onerror], [onload]")).toHaveLength(0);
  expect(document.title).not.toBe("owned");
  // Not by leaving it out.
  expect(document.body.textContent).toContain(HOSTILE.slice(0, 40));
});
