import type { ReactNode } from "react";
import { Link } from "react-router";

import type { DeploymentGlance, ReleaseGlance } from "../../api/modules/overview";
import type { Release } from "../../api/modules/releases";

interface Props {
  /** How the place stands. */
  glance: DeploymentGlance;
  /** What the host says would be asked for, where it was asked. */
  trial: Release | undefined;
}

interface Verdict {
  gate: string;
  open: boolean;
  reason: ReactNode;
}

/** What every gate would say now. A closed one does not forbid to ask: the release waits for it. */
export function Gates({ glance, trial }: Props) {
  return (
    <ul className="gates">
      {verdictsOf(glance, trial).map(({ gate, open, reason }) => (
        <li key={gate} className={open ? "open" : "closed"}>
          <strong>{gate}</strong> <span>{open ? "✓ open" : "✕ closed"}</span>
          <p>{reason}</p>
        </li>
      ))}
    </ul>
  );
}

function verdictsOf({ freezes, locks, hold, executing, waiting }: DeploymentGlance, trial: Release | undefined): Verdict[] {
  const earlier = waiting.filter(({ status }) => status === "approved");
  return [
    ...(trial ? [votes(trial)] : []),
    { gate: "freeze", open: freezes.length === 0, reason: freezes.length === 0 ? "No freeze holds it." : "Frozen: it starts when the freeze is over or lifted." },
    { gate: "lock", open: locks.length === 0, reason: locks.length === 0 ? "Nobody holds the deployment." : "Locked: it starts when the lock expires or is lifted." },
    { gate: "hold", open: hold === null, reason: hold === null ? "The deployment is not on hold." : "On hold: nothing starts here until a release-manager lifts the hold." },
    { gate: "slot", open: executing === null, reason: executing === null ? "Nothing rolls out there." : <>Busy: <Of release={executing} /> is rolling out; it starts after that.</> },
    { gate: "queue", open: earlier.length === 0, reason: earlier.length === 0 ? "No approved release waits there." : <>In the queue: {earlier.map((release) => <Of key={release.release} release={release} />)}too; the deployment's queue rule says which one goes.</> },
  ];
}

function votes({ content }: Release): Verdict {
  const { requirements } = content.approval;
  if (requirements.length === 0) return { gate: "votes", open: true, reason: "No vote is asked: it is approved at once." };
  const asked = requirements.map(({ role, count }) => `${count} × ${role}`).join(", ");
  return { gate: "votes", open: false, reason: <>Waits for votes: <strong>{asked}</strong>. Your own does not count.</> };
}

function Of({ release: { release, version } }: { release: ReleaseGlance }) {
  return <><Link to={`/releases/${release}`}>{version}</Link> </>;
}
