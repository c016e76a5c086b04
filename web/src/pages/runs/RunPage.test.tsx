import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { open } from "../../test/render";
import { ben, mayAll, run, RUN } from "../../test/samples";
import { answers, refuses, says, takes } from "../../test/server";
import { durationText } from "../../ui/duration";

beforeEach(() => {
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/me/permissions", mayAll);
  says("/api/v1/ci-runs/{id}/log", "<img src=x onerror=alert(1)>");
});

test.each([[340, "340 ms"], [1500, "1.5 s"], [61_500, "1 min 2 s"]])("%i ms", (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));

test("a run that succeeded shows how long each step took, and can be released", async () => {
  answers("/api/v1/ci-runs/{id}", run());
  open(`/ci-runs/${RUN}`);
  const steps = await screen.findByRole("table");
  expect(within(steps).getByRole("row", { name: /build/ })).toHaveTextContent("succeeded1 min 2 s");
  expect(screen.getByRole("link", { name: "Release it" })).toHaveAttribute("href", `/services/lighthouse/release?run=${RUN}`);
});

test("a run that is under way can be cancelled, and shows the steps to come", async () => {
  const running = run({ status: "running", steps: [], cancel_requested: null, epoch: 1 } as never);
  answers("/api/v1/ci-runs/{id}", running);
  const sent = takes("/api/v1/ci-runs/{id}/cancel", running);
  const { user } = open(`/ci-runs/${RUN}`);
  expect(await screen.findAllByText("not yet")).toHaveLength(2);
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(sent).toHaveLength(1);
});

test("what a log and a sender say is text, whatever it looks like", async () => {
  const source = { author: "<script>alert(1)</script>", link: "javascript:alert(1)", delivery: RUN, source: RUN };
  const { trigger } = run();
  answers("/api/v1/ci-runs/{id}", run({ trigger: { ...trigger, reason: "<b>bold</b>", source } } as never));
  open(`/ci-runs/${RUN}`);
  expect(await screen.findByText("<img src=x onerror=alert(1)>")).toBeVisible();
  expect(screen.getByText("<script>alert(1)</script>")).toBeVisible();
  expect(screen.getByText("javascript:alert(1)").closest("a")).toBeNull();
  expect(document.querySelector("script, img, b")).toBeNull();
});

test("a run that is not there", async () => {
  refuses("get", "/api/v1/ci-runs/{id}", 404);
  open(`/ci-runs/${RUN}`);
  expect(await screen.findByRole("alert")).toHaveTextContent("There is no such thing");
});
