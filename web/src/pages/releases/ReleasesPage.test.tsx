import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Release } from "../../api/modules/releases";
import { open } from "../../test/render";
import { ben, waiting } from "../../test/samples";
import { answers, isSilent, refuses, server } from "../../test/server";
import { merged } from "./useReleaseRows";

const RELEASES = "http://localhost:3000/api/v1/releases";
const numbered = (number: number): Release => ({ ...waiting, id: `r-${number}`, version: `1.${number}.0` });

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
});

/** A host with so many releases, which it gives page by page. */
function holds(count: number): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(RELEASES, ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const from = Number(query.get("after") ?? 0);
      const to = Math.min(from + Number(query.get("limit")), count);
      const items = Array.from({ length: to - from }, (_, index) => numbered(count - from - index));
      return HttpResponse.json({ items, next: to < count ? String(to) : null });
    }),
  );
  return asked;
}

test("of ten thousand releases the page holds those that can be seen, and reads the next when they are near", async () => {
  const asked = holds(10_000);
  open("/releases");
  expect(await screen.findByRole("link", { name: "1.10000.0" })).toHaveAttribute("href", "/releases/r-10000");
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  expect(screen.getByRole("table")).toHaveAttribute("aria-rowcount", "-1");
  expect(asked).toHaveLength(1);
  window.scrollY = 190 * 46;
  window.dispatchEvent(new Event("scroll"));
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[1]?.get("after")).toBe("200");
  expect(await screen.findByText("400 read so far")).toBeVisible();
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  window.scrollY = 0;
});

test("filters live in the address", async () => {
  const asked = holds(1);
  const { user, router } = open("/releases?service=lighthouse&from=2026-11-01");
  await screen.findByRole("link", { name: "1.1.0" });
  await user.selectOptions(screen.getByLabelText("Status"), "failed");
  await waitFor(() => expect(asked.at(-1)?.get("status")).toBe("failed"));
  expect(asked.at(-1)?.get("service")).toBe("lighthouse");
  expect(asked.at(-1)?.get("since")).toBe("2026-11-01T00:00:00.000Z");
  expect(router.state.location.search).toContain("status=failed");
});

test("an empty page with more behind it is not the end", async () => {
  server.use(
    http.get(RELEASES, ({ request }) =>
      HttpResponse.json(request.url.includes("after=") ? { items: [numbered(7)], next: null } : { items: [], next: "x" })),
  );
  open("/releases?environment=production");
  expect(await screen.findByRole("link", { name: "1.7.0" })).toBeVisible();
  expect(screen.getByText("1 in all")).toBeVisible();
});

test("what came since stands first, and nothing twice", () => {
  const [one, two, three] = [numbered(1), numbered(2), numbered(3)];
  expect(merged([three, two], [two, one])).toEqual([three, two, one]);
  expect(merged([two, one], [two, one])).toEqual([two, one]);
});

test("nothing yet, and nothing that the filters show", async () => {
  holds(0);
  const { user } = open("/releases");
  expect(await screen.findByText("Nothing was released yet")).toBeVisible();
  await user.selectOptions(screen.getByLabelText("Status"), "failed");
  expect(await screen.findByText("No release")).toBeVisible();
});

test.each([[403, "You may not see or do this"], [503, "Refused"]])("a refusal with %i", async (status, title) => {
  refuses("get", "/api/v1/releases", status, { request_id: "req-9" });
  open("/releases");
  expect(await screen.findByRole("alert")).toHaveTextContent(new RegExp(`${title}.*req-9`));
});

test("offline, it can be tried again", async () => {
  isSilent("/api/v1/releases");
  const { user } = open("/releases");
  expect(await screen.findByText("The host can't be reached")).toBeVisible();
  holds(1);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "1.1.0" })).toBeVisible();
});
