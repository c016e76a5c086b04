import { curveStepAfter } from "@visx/curve";
import { PatternLines } from "@visx/pattern";
import { scaleLinear } from "@visx/scale";
import { AreaClosed, LinePath } from "@visx/shape";
import { useId } from "react";

import type { PreviewStep } from "../../api/rules";
import { Frame, type Room } from "./Frame";
import { Levels } from "./Levels";
import { type Curve, curveOf, told, type Wait } from "./share";

const MARGIN = { top: 22, right: 12, bottom: 24, left: 48 };
/** In pixels: how far the middles of two times stay apart, how wide a letter is at most, and how high the bar of a wait is. */
const APART = 66;
const LETTER = 7;
const BAR = 5;

interface Props {
  steps: PreviewStep[];
  /** A time after the start, in words. */
  timeText: (seconds: number) => string;
}

/** The share of the traffic that a rollout gives the new version over time, with what it waits for. */
export function ShareChart({ steps, timeText }: Props) {
  const curve = curveOf(steps);
  if (!curve) return null;
  return (
    <Frame name={told(curve, timeText)} height={168} margin={MARGIN}>
      {(room) => <Marks curve={curve} room={room} timeText={timeText} />}
    </Frame>
  );
}

function Marks({ curve, room, timeText }: { curve: Curve; room: Room; timeText: Props["timeText"] }) {
  const hatch = useId();
  const x = scaleLinear<number>({ domain: [0, curve.end], range: [0, room.width] });
  const y = scaleLinear<number>({ domain: [0, 100], range: [room.height, 0] });
  const points = [...curve.shifts, { at: curve.end, share: curve.shifts.at(-1)?.share ?? 0 }];
  const shape = { data: points, curve: curveStepAfter, x: ({ at }: { at: number }) => x(at), y: ({ share }: { share: number }) => y(share) };
  return (
    <>
      <PatternLines id={hatch} width={7} height={7} stroke="var(--warn)" strokeWidth={1} orientation={["diagonal"]} />
      <Levels room={room} ticks={[0, 50, 100].map((share) => ({ at: y(share), label: `${share} %` }))} />
      <AreaClosed {...shape} yScale={y} className="chart-area" />
      {curve.waits.map((wait) => <Waiting key={wait.from} wait={wait} from={x(wait.from)} to={x(wait.to)} height={room.height} hatch={hatch} />)}
      <LinePath {...shape} className="chart-curve" />
      {apart(curve.known, x).map((at) => <text key={at} className="chart-label" x={x(at)} y={room.height + 17} textAnchor={at === 0 ? "start" : "middle"}>{timeText(at)}</text>)}
    </>
  );
}

/** The places that are far enough from each other to be labelled. */
function apart(places: number[], x: (at: number) => number): number[] {
  const kept: number[] = [];
  for (const place of places) {
    const last = kept.at(-1);
    // The first stands right of its place, all others around theirs.
    const gap = last === 0 ? APART * 1.4 : APART;
    if (last === undefined || x(place) - x(last) >= gap) kept.push(place);
  }
  return kept;
}

interface WaitingProps {
  wait: Wait;
  from: number;
  to: number;
  height: number;
  hatch: string;
}

/** A wait as a bar along the top; one that nobody knows the length of is hatched down to the ground. */
function Waiting({ wait, from, to, height, hatch }: WaitingProps) {
  const isOpen = wait.seconds === undefined;
  // A gap keeps one wait from running into the next.
  const width = Math.max(1, to - from - 2);
  const text = isOpen ? "manual" : `${wait.seconds} s`;
  return (
    <g transform={`translate(${from + 1} 0)`}>
      {isOpen && <rect className="chart-wait open" width={width} height={height} fill={`url(#${hatch})`} />}
      <rect className="chart-wait" width={width} height={BAR} />
      {width >= text.length * LETTER && <text className="chart-label" x={width / 2} y={-7} textAnchor="middle">{text}</text>}
    </g>
  );
}
