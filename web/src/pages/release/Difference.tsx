import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { overview } from "../../api/modules/overview";
import { getRelease, type ReleaseDetail } from "../../api/modules/releases";
import { between } from "../../ui/changes";
import { DiffTable } from "../../ui/DiffTable";
import { Failure, Loading } from "../../ui/states";

/** What is different from the version that runs now. */
export function Difference({ release }: { release: ReleaseDetail }) {
  const { service, content } = release;
  const glances = useQuery({ queryKey: ["overview", service], queryFn: () => overview({ service, limit: 200 }) });
  const running = glances.data?.items.find(({ deployment }) => deployment === content.deployment)?.running;
  const current = useQuery({ queryKey: ["release", running?.release], queryFn: () => getRelease(running?.release ?? ""), enabled: running !== undefined && running !== null });
  const failed = glances.error ?? current.error;
  if (running?.release === release.id) return null;
  return (
    <section className="card" aria-labelledby="difference">
      <h2 id="difference">What is different from what runs</h2>
      {failed && <Failure error={failed} retry={() => void Promise.all([glances.refetch(), current.refetch()])} />}
      {!failed && (glances.isPending || (running && current.isPending)) && <Loading what="what runs" />}
      {glances.data && !running && <p className="muted">Nothing runs there yet.</p>}
      {current.data && <Compared from={current.data} to={release} />}
    </section>
  );
}

function Compared({ from, to }: { from: ReleaseDetail; to: ReleaseDetail }) {
  const changes = between(shown(from), shown(to));
  if (changes.length === 0) return <p className="muted">Nothing: <Link to={`/releases/${from.id}`}>{from.version}</Link> brought the same.</p>;
  return <DiffTable changes={changes} before={from.version} after={to.version} />;
}

/** What somebody who agrees to a release wants to compare. */
function shown({ version, content }: ReleaseDetail) {
  const { artifact, strategy, approval, deployment_revision, cd_config_revision } = content;
  return { version, artifact: artifact.digest, ...artifact.origin, strategy, approval, deployment_revision, cd_config_revision };
}
