import { PatternLines } from "@visx/pattern";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import { useId } from "react";

import type { CiRun } from "../../api/modules/ciRuns";
import { statusText } from "../status";
import { type Duration, durationsOf, MARKS, type Outcome, outcomesOf, told } from "./durations";
import { Frame, type Room } from "./Frame";
import { Levels } from "./Levels";

const MARGIN = { top: 20, right: 4, bottom: 22, left: 72 };
const SHOWN = 20;
/** What people read heights by, in milliseconds. */
const ROUND = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000];

/** How long the latest runs of a service took, and how they ended. */
export function DurationChart({ runs }: { runs: CiRun[] }) {
  const durations = durationsOf(runs).slice(-SHOWN);
  // One bar compares nothing.
  if (durations.length < 2) return null;
  return (
    <figure className="chart-figure">
      <Frame name={told(durations)} height={150} margin={MARGIN}>{(room) => <Bars durations={durations} room={room} />}</Frame>
      <figcaption className="muted small">
        {outcomesOf(durations).map(([outcome, count]) => <span key={outcome} className="chart-key"><span aria-hidden="true" className={`chart-mark ${outcome}`}>{MARKS[outcome]}</span>{statusText(outcome)}: {count}</span>)}
      </figcaption>
    </figure>
  );
}

function Bars({ durations, room }: { durations: Duration[]; room: Room }) {
  const id = useId();
  const longest = Math.max(...durations.map(({ milliseconds }) => milliseconds), 1);
  const x = scaleBand<string>({ domain: durations.map((run) => run.id), range: [0, room.width], padding: 0.25 });
  const y = scaleLinear<number>({ domain: [0, longest], range: [room.height, 0] });
  const step = ROUND.find((round) => longest / round <= 4) ?? longest / 2;
  const levels = Array.from({ length: Math.floor(longest / step) + 1 }, (_, index) => index * step);
  // Few bars stay narrow, so that they read as bars.
  const width = Math.min(x.bandwidth(), 36);
  return (
    <>
      <Hatches id={id} />
      <Levels room={room} ticks={levels.map((milliseconds) => ({ at: y(milliseconds), label: milliseconds === 0 ? "0" : levelText(milliseconds) }))} />
      {durations.map((run) => {
        const left = (x(run.id) ?? 0) + (x.bandwidth() - width) / 2;
        const top = Math.min(y(run.milliseconds), room.height - 1);
        return (
          <g key={run.id}>
            <Bar className={`chart-bar ${run.outcome}`} x={left} y={top} width={width} height={room.height - top} fill={fillOf(run.outcome, id)} />
            <text className={`chart-mark ${run.outcome}`} x={left + width / 2} y={top - 6} textAnchor="middle">{MARKS[run.outcome]}</text>
          </g>
        );
      })}
      <text className="chart-label" y={room.height + 16}>older</text>
      <text className="chart-label" x={room.width} y={room.height + 16} textAnchor="end">newest</text>
    </>
  );
}

/** What fills the bars of runs that did not succeed: what the colour tells, the lines tell too. */
function Hatches({ id }: { id: string }) {
  return (
    <>
      <PatternLines id={`${id}-failed`} width={6} height={6} stroke="var(--bad)" strokeWidth={2} orientation={["diagonal"]} />
      <PatternLines id={`${id}-timed_out`} width={6} height={6} stroke="var(--bad)" strokeWidth={2} orientation={["horizontal"]} />
    </>
  );
}

function fillOf(outcome: Outcome, id: string): string {
  if (outcome === "succeeded") return "var(--good)";
  return outcome === "cancelled" ? "none" : `url(#${id}-${outcome})`;
}

/** A level as short as it can be said: all of them are round. */
function levelText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  if (milliseconds < 60_000) return `${milliseconds / 1_000} s`;
  return milliseconds < 3_600_000 ? `${milliseconds / 60_000} min` : `${milliseconds / 3_600_000} h`;
}
