import type { ReactNode } from "react";

import { useWidth } from "./useWidth";

/** What is left for the marks, in pixels. */
export interface Room {
  width: number;
  height: number;
}

interface Props {
  /** What the chart tells, in a sentence: all that somebody hears who does not see it. */
  name: string;
  height: number;
  /** What the labels take around the marks. */
  margin: { top: number; right: number; bottom: number; left: number };
  children: (room: Room) => ReactNode;
}

/** A chart as wide as its place. It never is the only one to tell something: a list or a table beside it has it in words. */
export function Frame({ name, height, margin, children }: Props) {
  const { ref, width } = useWidth(480);
  const room = { width: Math.max(0, width - margin.left - margin.right), height: height - margin.top - margin.bottom };
  return (
    <div ref={ref} className="chart">
      <svg role="img" aria-label={name} width={width} height={height}>
        <g transform={`translate(${margin.left} ${margin.top})`}>{children(room)}</g>
      </svg>
    </div>
  );
}
