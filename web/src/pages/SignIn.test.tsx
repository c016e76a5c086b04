import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { open } from "../test/render";
import { ben } from "../test/samples";
import { answers, refuses, server, takes } from "../test/server";

test("a token opens a session, and the address stays", async () => {
  refuses("get", "/api/v1/session", 404);
  const sent = takes("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  const { user, router } = open("/approvals");
  const button = await screen.findByRole("button", { name: "Sign in" });
  expect(button).toBeDisabled();
  expect(button).toHaveAccessibleDescription("Paste a token first.");
  await user.type(screen.getByLabelText("API token"), " cicd_secret ");
  await user.click(button);
  expect(await screen.findByText("Nothing waits for your vote")).toBeVisible();
  expect(sent[0]?.headers.get("authorization")).toBe("bearer cicd_secret");
  expect(router.state.location.pathname).toBe("/approvals");
  expect(JSON.stringify(localStorage)).not.toContain("cicd_secret");
});

test("a wrong token is told, with the request's id", async () => {
  refuses("get", "/api/v1/session", 401);
  refuses("post", "/api/v1/session", 401, { title: "Who asks is not known", request_id: "req-77" });
  const { user } = open("/");
  await user.type(await screen.findByLabelText("API token"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Who asks is not known. for a test Request req-77");
});

test("a host that can't say whether somebody is signed in is a failure, not a sign-in", async () => {
  refuses("get", "/api/v1/session", 503, { title: "The store is unavailable" });
  open("/");
  expect(await screen.findByRole("alert")).toHaveTextContent("The store is unavailable");
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("signing out names the session's version, and shows the sign-in", async () => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  let match: string | null = null;
  server.use(
    http.delete("http://localhost:3000/api/v1/session", ({ request }) => {
      match = request.headers.get("if-match");
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = open("/approvals");
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  expect(await screen.findByLabelText("API token")).toBeVisible();
  expect(match).toBe('"1"');
});
