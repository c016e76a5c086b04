import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import { open } from "../../test/render";
import { ben, ID, RUN, waiting } from "../../test/samples";
import { answers, refuses, server } from "../../test/server";

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

test("what waits for others is there too, and says why one's own vote is not asked", async () => {
  answers("/api/v1/me/approvals", { items: [], next: null });
  const asked: (string | null)[] = [];
  const own = { ...waiting, id: RUN, requester: "ben", version: "1.5.0" };
  const voted = { ...waiting, votes: waiting.votes.map((vote) => ({ ...vote, person: "ben" })) };
  server.use(
    http.get("http://localhost:3000/api/v1/releases", ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("status"));
      return HttpResponse.json({ items: [own, voted], next: null });
    }),
  );
  const { user, router } = open("/approvals");
  await user.selectOptions(await screen.findByLabelText("Shown"), "all");
  expect(await screen.findByText("You asked for it, so somebody else has to agree.")).toBeVisible();
  expect(screen.getByText("You have voted.")).toBeVisible();
  expect(router.state.location.search).toBe("?show=all");
  expect(asked).toEqual(["pending_approval"]);
});

test("a failure can be tried again", async () => {
  refuses("get", "/api/v1/me/approvals", 503);
  const { user } = open("/approvals");
  const again = await screen.findByRole("button", { name: "Try again" });
  answers("/api/v1/me/approvals", { items: [waiting], next: null });
  await user.click(again);
  expect(await screen.findByRole("link", { name: "lighthouse 1.4.0" })).toBeVisible();
});
