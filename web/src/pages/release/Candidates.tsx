import { useQueries } from "@tanstack/react-query";
import { useId, useState } from "react";

import { getRelease, type ReleaseDetail } from "../../api/modules/releases";
import { between } from "../../ui/changes";
import { Button } from "../../ui/Button";
import { DiffTable } from "../../ui/DiffTable";
import { Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";

const FIRST = 5;

interface Props {
  release: ReleaseDetail;
  /** The release whose content comes back. */
  target: string;
  onChange: (target: string) => void;
}

/** What was stable here and can come back, the newest first, below what is there now; and what the chosen one changes. */
export function Candidates({ release, target, onChange }: Props) {
  const [count, setCount] = useState(FIRST);
  const name = useId();
  const candidates = release.rollback_candidates.slice(0, count);
  const found = useQueries({ queries: candidates.map((id) => ({ queryKey: ["release", id], queryFn: () => getRelease(id) })) });
  const chosen = found[candidates.indexOf(target)]?.data;
  return (
    <>
      <fieldset className="candidates">
        <legend>Go back to</legend>
        <label className="current"><input type="radio" name={name} disabled /><Candidate release={release} /> <span className="chip">{release.state.status === "executing" ? "rolling out now" : "now"}</span></label>
        {candidates.map((id, index) => (
          <label key={id}>
            <input type="radio" name={name} value={id} checked={id === target} onChange={() => onChange(id)} />
            {found[index]?.data ? <Candidate release={found[index].data} /> : <code>{id}</code>}
          </label>
        ))}
        {release.rollback_candidates.length > count && <Button quiet onPress={() => setCount(count + FIRST)}>Earlier ones</Button>}
      </fieldset>
      {found.some(({ isPending }) => isPending) && <Loading what="what was stable" />}
      {found.map(({ error, data, refetch }, index) => error && !data && <Failure key={candidates[index]} error={error} retry={() => void refetch()} />)}
      {chosen && <DiffTable title="What changes" changes={between(broughtBy(release), broughtBy(chosen))} before={release.version} after={chosen.version} />}
    </>
  );
}

function Candidate({ release }: { release: ReleaseDetail }) {
  const { artifact } = release.content;
  return <span><strong className="version">{release.version}</strong> <span className="muted">asked for <Time at={release.created_at} />, <code>{artifact.digest.slice(0, 15)}…</code></span></span>;
}

/** What a rollback takes from a release; its rules are those of today. */
function broughtBy({ version, content }: ReleaseDetail) {
  return { version, artifact: content.artifact.digest, ...content.artifact.origin, deployment_revision: content.deployment_revision };
}
