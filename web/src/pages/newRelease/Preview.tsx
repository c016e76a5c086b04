import { useQuery } from "@tanstack/react-query";

import { overview } from "../../api/modules/overview";
import { type Release, tryRelease } from "../../api/modules/releases";
import { RolloutAxis } from "../../ui/RolloutAxis";
import { ActionFailure, Loading } from "../../ui/states";
import { plannedSteps } from "../release/steps";
import { draftOf, type Form, missing } from "./draft";
import { Obstacles } from "./Obstacles";

/** What the host says would come of it: the votes that it takes, the steps that it goes through, what stands in the way. */
export function Preview({ service, form }: { service: string; form: Form }) {
  const incomplete = missing(form);
  const draft = draftOf(form);
  const trial = useQuery({ queryKey: ["trial", draft], queryFn: () => tryRelease(draft), enabled: incomplete === undefined, retry: false });
  const glances = useQuery({ queryKey: ["overview", service], queryFn: () => overview({ service, limit: 200 }) });
  const glance = glances.data?.items.find(({ deployment }) => deployment === form.deployment);
  return (
    <section className="card" aria-labelledby="preview" aria-live="polite">
      <h2 id="preview">What would happen</h2>
      {glance && <p className="change">{glance.running ? <>{glance.running.version} → <strong>{form.version || "…"}</strong></> : <>Nothing runs there yet → <strong>{form.version || "…"}</strong></>}</p>}
      {incomplete && <p className="muted">{incomplete}</p>}
      {!incomplete && trial.isPending && <Loading what="what the host would say" />}
      <ActionFailure error={incomplete ? undefined : trial.error} />
      {!incomplete && trial.data && <><Votes release={trial.data} /><RolloutAxis strategy={trial.data.content.strategy} otherwise={<Steps release={trial.data} />} /></>}
      {glance && <Obstacles glance={glance} />}
    </section>
  );
}

function Votes({ release }: { release: Release }) {
  const { requirements } = release.content.approval;
  if (requirements.length === 0) return <p>No vote is asked: it is approved at once.</p>;
  const asked = requirements.map(({ role, count }) => `${count} × ${role}`).join(", ");
  return <p>Waits for votes: <strong>{asked}</strong>. Your own does not count.</p>;
}

/** The steps without their times, which only the rules tell. */
function Steps({ release }: { release: Release }) {
  return (
    <ol className="planned">
      {plannedSteps(release.content.strategy).map(({ title, note }, index) => (
        // The order of a plan never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index}><strong>{title}</strong>{note && <span className="muted"> {note}</span>}</li>
      ))}
    </ol>
  );
}
