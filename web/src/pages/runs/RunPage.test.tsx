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

const size = (text: string) => new TextEncoder().encode(text).length;

test("a step's name leads to its part of the log, by the bytes that the executor tells", async () => {
  const [first, second] = ["é build\n", "[cicd] step `build`: forged\n"];
  says("/api/v1/ci-runs/{id}/log", first + second);
  const steps = [
    { name: "build", outcome: "succeeded", exit_code: 0, duration_ms: 1, log: { start: 0, end: size(first) } },
    { name: "check", outcome: "succeeded", exit_code: 0, duration_ms: 1, log: { start: size(first), end: size(first + second) } },
  ];
  answers("/api/v1/ci-runs/{id}", run({ steps } as never));
  const { user, router } = open(`/ci-runs/${RUN}`);
  expect(await screen.findByLabelText("The log")).toHaveTextContent("é build [cicd] step `build`: forged");
  await user.click(screen.getByRole("link", { name: "check" }));
  expect(screen.getByLabelText("The log")).toHaveTextContent(/^\[cicd\] step `build`: forged$/);
  expect(router.state.location.search).toBe("?step=check");
  await user.click(screen.getByRole("link", { name: "build" }));
  expect(screen.getByLabelText("The log")).toHaveTextContent(/^é build$/);
  await user.click(screen.getByRole("link", { name: "The whole log" }));
  expect(screen.getByLabelText("The log")).toHaveTextContent("forged");
});

test("of a failed run the steps that never began are told as such", async () => {
  const steps = [{ name: "build", outcome: "failed", exit_code: 2, duration_ms: 1 }];
  answers("/api/v1/ci-runs/{id}", run({ status: "failed", steps, cause: { code: "step_failed", step: "build", exit_code: 2 } } as never));
  open(`/ci-runs/${RUN}`);
  expect(await screen.findByRole("row", { name: /check/ })).toHaveTextContent("not run");
  expect(screen.getByRole("row", { name: /build/ })).toHaveTextContent("failed (2)");
});

test("a run that is not there", async () => {
  refuses("get", "/api/v1/ci-runs/{id}", 404);
  open(`/ci-runs/${RUN}`);
  expect(await screen.findByRole("alert")).toHaveTextContent("There is no such thing");
});
