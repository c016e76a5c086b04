import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { getRelease, type ReleaseDetail } from "../../api/modules/releases";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";
import { useTitle } from "../../ui/useTitle";
import { Whole } from "../../ui/Whole";
import { Approvals } from "./Approvals";
import { Commands } from "./Commands";
import { Difference } from "./Difference";
import { Gates } from "./Gates";
import { Log } from "./Log";
import { Stepper } from "./Stepper";

/** One release: where it stands, what can be done, who agreed, and why it doesn't go on. */
export function ReleasePage() {
  const { id = "" } = useParams();
  const release = useQuery({ queryKey: ["release", id], queryFn: () => getRelease(id) });
  useTitle(release.data ? `${release.data.service} ${release.data.version}` : "Release");
  return <Whole title="Release" what="the release" query={release}>{(found) => <Shown key={found.id} release={found} stale={release.isError} />}</Whole>;
}

function Shown({ release, stale }: { release: ReleaseDetail; stale: boolean }) {
  const { status } = release.state;
  const begun = !["pending_approval", "approved", "rejected", "cancelled"].includes(status);
  return (
    <article>
      <header className="release-head">
        <p className="muted">{release.service} → {release.environment}{release.tier !== release.environment && <span className="chip">{release.tier}</span>}</p>
        <h1>{release.kind.type === "rollback" ? "Roll back to" : "Release"} {release.version}</h1>
        <p><Status status={status} /> <span className="muted">asked for by <strong>{release.requester}</strong> <Time at={release.created_at} /></span></p>
        {release.reason && <blockquote>{release.reason}</blockquote>}
        {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      </header>
      <Commands release={release} />
      <div className="columns">
        <div>
          <Stepper release={release} />
          {(status === "pending_approval" || status === "approved") && <Gates id={release.id} />}
          {begun && <Log id={release.id} live={status === "executing"} />}
        </div>
        <div>
          <Approvals release={release} />
          <Facts release={release} />
          {release.state.status !== "succeeded" && <Difference release={release} />}
        </div>
      </div>
    </article>
  );
}

function Facts({ release }: { release: ReleaseDetail }) {
  const { artifact } = release.content;
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">What is released</h2>
      <dl className="facts">
        <dt>Version</dt><dd>{release.version}</dd>
        <dt>Artifact</dt><dd><code>{artifact.digest}</code></dd>
        {artifact.origin.kind === "ci-run" && <><dt>Commit</dt><dd><code>{artifact.origin.commit}</code></dd></>}
        {artifact.origin.kind === "external" && <><dt>From</dt><dd>{artifact.origin.location}</dd></>}
        <dt>Strategy</dt><dd>{release.content.strategy.type}</dd>
        <dt>Content</dt><dd><code>{release.content_digest}</code></dd>
      </dl>
    </section>
  );
}
