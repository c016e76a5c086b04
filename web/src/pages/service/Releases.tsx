import { Link } from "react-router";

import { listReleases } from "../../api/modules/releases";
import { Listed } from "../../ui/Listed";
import { Empty } from "../../ui/states";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";
import { usePages } from "../../ui/usePages";

/** The releases of a service, the newest first. */
export function Releases({ service }: { service: string }) {
  const pages = usePages(["releases", service], (after) => listReleases({ service, limit: 20, ...(after && { after }) }));
  return (
    <section className="card" aria-labelledby="releases">
      <h2 id="releases">Releases</h2>
      <Listed what="the releases" pages={pages} none={<Empty title="Nothing was released yet"><Link to={`/services/${service}/release`}>Release a succeeded run</Link>.</Empty>}>
        {(items) => (
          <ul className="rows">
            {items.map((release) => (
              <li key={release.id}>
                <Link to={`/releases/${release.id}`} className="version">{release.version}</Link>
                <span>{release.kind.type === "rollback" ? "back to" : "to"} {release.environment}</span>
                <Status status={release.state.status} />
                <span className="muted small">{release.requester}, <Time at={release.created_at} /></span>
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </section>
  );
}
