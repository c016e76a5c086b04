import { readFileSync } from "node:fs";

import { render, screen } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";

import type { CiRun } from "../../api/modules/ciRuns";
import { initSync, previewRollout } from "../../api/rules";
import { violations } from "../../test/axe";
import { run } from "../../test/samples";
import { DurationChart } from "./DurationChart";
import { durationOf } from "./durations";
import { curveOf } from "./share";
import { ShareChart } from "./ShareChart";

beforeAll(() => {
  initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm"));
  document.title = "Charts";
});

const timeText = (seconds: number) => `+${seconds} s`;
const textsOf = (chart: HTMLElement) => [...chart.querySelectorAll("text")].map(({ textContent }) => textContent);

function stepsOf(strategy: object) {
  const preview = previewRollout(strategy);
  if (!preview.valid) throw new Error("the strategy is not one");
  return preview.value.steps;
}

const canary = (...pauses: (object | "manual" | null)[]) => stepsOf({ type: "canary", steps: pauses.map((pause, index) => ({ weight: (index + 1) * 20, pause })) });

test("the share rises where the rules let it, and what lasts until somebody resumes has a place but no time", () => {
  expect(curveOf(canary({ seconds: 90 }, "manual", { seconds: 30 }))).toEqual({
    shifts: [{ at: 0, share: 0 }, { at: 0, share: 20 }, { at: 90, share: 40 }, { at: 120, share: 60 }, { at: 150, share: 100 }],
    waits: [{ from: 0, to: 90, seconds: 90 }, { from: 90, to: 120 }, { from: 120, to: 150, seconds: 30 }],
    end: 168.75,
    known: [0, 90],
  });
});

test("a rollout is told in a sentence, drawn once, and its times stand below", async () => {
  render(<main><h1>A page</h1><ShareChart steps={canary({ seconds: 90 }, "manual")} timeText={timeText} /></main>);
  const chart = screen.getByRole("img", { name: "The share of the traffic over time: 20 % at +0 s, a wait of 90 s, 40 % at +90 s, a wait until somebody resumes it, 100 % later." });
  expect(textsOf(chart)).toEqual(["0 %", "50 %", "100 %", "90 s", "manual", "+0 s", "+90 s"]);
  expect(chart.querySelectorAll(".chart-wait.open")).toHaveLength(1);
  expect(await violations()).toEqual([]);
});

test.each([[{ type: "rolling" }], [{ type: "canary", steps: [{ weight: 20 }] }]])("a rollout that never waits is not drawn: %j", (strategy) => {
  const { container } = render(<ShareChart steps={stepsOf(strategy)} timeText={timeText} />);
  expect(container).toBeEmptyDOMElement();
});

const began = Date.parse("2026-11-20T10:00:00Z");
const times = (seconds: number) => ({ started_at: new Date(began).toISOString(), finished_at: new Date(began + seconds * 1_000).toISOString() });
const { service, config_revision, created_at, row_version, trigger, spec } = run();
const kept = { service, config_revision, created_at, row_version, trigger, spec, attempt: 1, steps: [] };
const runs: CiRun[] = [
  { ...kept, id: "r-4", status: "running", cancel_requested: null, epoch: 1, attempt_id: "a", started_at: times(0).started_at },
  { ...kept, id: "r-3", status: "failed", cause: { code: "host_died" }, ...times(30) },
  { ...kept, id: "r-2", status: "cancelled", by: "ada", ...times(5), started_at: null },
  run({ id: "r-1", ...times(62) }),
];

test("runs are drawn by how long they took, with a mark for how they ended; those that are not over are left out", async () => {
  render(<main><h1>A page</h1><DurationChart runs={runs} /></main>);
  const chart = screen.getByRole("img", { name: "How long the last 2 runs took: from 30.0 s to 1 min 2 s, the newest 30.0 s; 1 succeeded, 1 failed." });
  expect(textsOf(chart)).toEqual(["0", "30 s", "1 min", "✓", "✕", "older", "newest"]);
  const [first, second] = [...chart.querySelectorAll("rect.chart-bar")];
  expect(first?.getAttribute("fill")).toBe("var(--good)");
  expect(second?.getAttribute("fill")).toMatch(/^url\(#.*-failed\)$/);
  expect(chart.querySelector(`pattern[id="${second?.getAttribute("fill")?.slice(5, -1)}"]`)).not.toBeNull();
  expect(Number(first?.getAttribute("height"))).toBeGreaterThan(2 * Number(second?.getAttribute("height")));
  expect(screen.getByText("Failed: 1")).toBeVisible();
  expect(runs.map(durationOf)).toEqual([undefined, 30_000, undefined, 62_000]);
  expect(await violations()).toEqual([]);
});

test("one run compares nothing", () => {
  const { container } = render(<DurationChart runs={runs.slice(2)} />);
  expect(container).toBeEmptyDOMElement();
});

const styled = () => document.querySelectorAll("style, script, [style]").length;

test("nothing of a chart is styled in the document: the pages' policy would not let it", () => {
  const before = styled();
  render(<><ShareChart steps={canary({ seconds: 90 })} timeText={timeText} /><DurationChart runs={runs} /></>);
  expect(styled()).toBe(before);
});
