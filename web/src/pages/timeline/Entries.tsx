import { Link } from "react-router";

import type { TimelineEntry } from "../../api/modules/timeline";
import { actorText } from "../../ui/actor";
import { Time } from "../../ui/Time";
import type { Lanes } from "./lanes";
import { markOf } from "./marks";

interface Props {
  entries: TimelineEntry[];
  lanes: Lanes;
  caption: string;
}

/** Entries as rows, each with its mark in the lane of its environment. */
export function Entries({ entries, lanes, caption }: Props) {
  return (
    <div className="table-frame">
      <table className="timeline">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            {lanes.environments.map((environment) => <th scope="col" className="lane-head" key={environment}>{environment}</th>)}
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>{entries.map((entry) => <Row key={entry.seq} entry={entry} lanes={lanes} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ entry, lanes }: { entry: TimelineEntry; lanes: Lanes }) {
  const lane = lanes.of(entry);
  const { mark, tone } = markOf(entry.kind);
  return (
    <tr>
      <td className="when"><Time at={entry.at} /></td>
      {lanes.environments.map((environment) => (
        <td key={environment} className="lane-cell">{environment === lane && <span className={`lane-mark ${tone}`} aria-label={environment} role="img">{mark}</span>}</td>
      ))}
      <td>
        <p>{lane && <span className="chip lane-chip">{lane}</span>} {entry.summary}</p>
        <p className="muted small">
          {actorText(entry.actor)}
          {entry.release && <> · <Link to={`/releases/${entry.release}`}>release</Link></>}
          {entry.run && <> · <Link to={`/ci-runs/${entry.run}`}>CI run</Link></>}
          {entry.caused_by && <> · because of <Link to={`/releases/${entry.caused_by}`}>another release</Link></>}
          {" · "}<Link to={`/audit/ledger/${entry.seq}`}>event {entry.seq}</Link>
        </p>
      </td>
    </tr>
  );
}
