import type { Room } from "./Frame";

interface Props {
  room: Room;
  ticks: { at: number; label: string }[];
}

/** The lines to read heights by, each with its number. */
export function Levels({ room, ticks }: Props) {
  return ticks.map(({ at, label }) => (
    <g key={label} transform={`translate(0 ${at})`}>
      <line className="chart-line" x2={room.width} />
      <text className="chart-label" x={-8} dy="0.32em" textAnchor="end">{label}</text>
    </g>
  ));
}
