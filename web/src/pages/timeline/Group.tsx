import { Link } from "react-router";

import type { TimelineGroup } from "../../api/modules/timeline";
import { Time } from "../../ui/Time";
import { Entries } from "./Entries";
import type { Lanes } from "./lanes";

/** What belongs together: the story of one release, or of one CI run. */
export function Group({ group, lanes }: { group: TimelineGroup; lanes: Lanes }) {
  return (
    <section className="stack group">
      <h2>
        {group.release && <Link to={`/releases/${group.release}`}>A release</Link>}
        {!group.release && group.run && <Link to={`/ci-runs/${group.run}`}>A CI run</Link>}
        {!group.release && !group.run && "In between"}
        <span className="muted small"> <Time at={group.from} /> to <Time at={group.until} /></span>
      </h2>
      <Entries entries={group.entries} lanes={lanes} caption="What happened to it" />
    </section>
  );
}
