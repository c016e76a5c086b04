import { Link } from "react-router";

import type { DeploymentGlance } from "../../api/modules/overview";

/** What stands in the way at a deployment now. None of it forbids to ask: the release waits, or takes the place of what waits. */
export function Obstacles({ glance }: { glance: DeploymentGlance }) {
  const { executing, freezes, locks, hold, waiting } = glance;
  const free = !executing && !hold && freezes.length === 0 && locks.length === 0 && waiting.length === 0;
  return (
    <ul className="gates">
      {free && <li className="open"><strong>Nothing stands in the way</strong></li>}
      {hold && <li className="closed"><strong>On hold</strong><p>Nothing starts here until a release-manager lifts the hold.</p></li>}
      {freezes.length > 0 && <li className="closed"><strong>Frozen</strong><p>It starts when the freeze is over or lifted.</p></li>}
      {locks.length > 0 && <li className="closed"><strong>Locked</strong><p>It starts when the lock expires or its owner lifts it.</p></li>}
      {executing && <li className="closed"><strong>Busy</strong><p><Link to={`/releases/${executing.release}`}>{executing.version}</Link> is rolling out; it starts after that.</p></li>}
      {waiting.map((other) => (
        <li key={other.release} className="closed"><strong>In the queue</strong><p><Link to={`/releases/${other.release}`}>{other.version}</Link> waits too; the deployment's queue rule says which one goes.</p></li>
      ))}
    </ul>
  );
}
