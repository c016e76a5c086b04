import { Link } from "react-router";

import type { DeploymentGlance } from "../../api/modules/overview";
import { Time } from "../../ui/Time";
import type { MatrixModel } from "./matrix";

const ATTENTION: Partial<Record<DeploymentGlance["attention"][number], string>> = {
  held: "On hold",
  paused: "Paused",
  votes: "Waits for votes",
  blocked: "Blocked",
};

/** A table with a row for each service and a column for each environment. */
export function Matrix({ matrix }: { matrix: MatrixModel }) {
  return (
    <div className="table-frame">
      <table className="matrix">
        <thead>
          <tr><th scope="col">Service</th>{matrix.environments.map((environment) => <th scope="col" key={environment}>{environment}</th>)}</tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={row.service}>
              <th scope="row"><Link to={`/services/${row.service}`}>{row.service}</Link></th>
              {matrix.environments.map((environment) => (
                <td key={environment} data-label={environment}>
                  {row.cells.get(environment)?.map((glance) => <Glance key={glance.deployment} glance={glance} />)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What runs at a deployment, what comes, and what is wrong. */
export function Glance({ glance }: { glance: DeploymentGlance }) {
  const { running, executing, waiting, attention, freezes, locks } = glance;
  return (
    <div className={attention.length > 0 ? "glance attention" : "glance"}>
      {running ? (
        <p className="running"><Link to={`/releases/${running.release}`} className="version">{running.version}</Link> <span className="muted"><Time at={running.since} /></span></p>
      ) : (
        <p className="muted">Nothing runs yet</p>
      )}
      {executing && <p className="incoming"><span aria-hidden="true">▶ </span>Rolling out <Link to={`/releases/${executing.release}`}>{executing.version}</Link></p>}
      {waiting[0] && (
        <p className="incoming">
          <span aria-hidden="true">◔ </span>Waiting <Link to={`/releases/${waiting[0].release}`}>{waiting[0].version}</Link>
          {glance.waiting_count > 1 && <span className="muted"> and {glance.waiting_count - 1} more</span>}
        </p>
      )}
      <Health glance={glance} />
      <p className="chips">
        {attention.filter((kind) => ATTENTION[kind]).map((kind) => <span className="chip warn" key={kind}>{ATTENTION[kind]}</span>)}
        {freezes.length > 0 && <span className="chip">Frozen</span>}
        {locks.length > 0 && <span className="chip">Locked</span>}
      </p>
    </div>
  );
}

const HEALTHS = {
  held: ["bad", "✕", "Nobody knows what runs"],
  failed: ["bad", "✕", "Last rollout failed"],
  executing: ["busy", "▶", "Changing"],
  good: ["good", "✓", "Rolled out well"],
} as const;

/** How it stands there, as the rollout of what runs left it: nothing asks what runs. One that went back by itself left nothing. */
function Health({ glance: { running, executing, failed, hold } }: { glance: DeploymentGlance }) {
  if (!running && !executing && !failed && !hold) return null;
  const [tone, mark, said] = HEALTHS[hold ? "held" : executing ? "executing" : failed ? "failed" : "good"];
  return <p><span className={`status ${tone}`}><span aria-hidden="true">{mark}</span>{said}</span></p>;
}
