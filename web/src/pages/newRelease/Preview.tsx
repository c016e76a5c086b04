import { useQuery } from "@tanstack/react-query";

import { overview } from "../../api/modules/overview";
import type { Release } from "../../api/modules/releases";
import { RolloutAxis } from "../../ui/RolloutAxis";
import { ActionFailure, Loading } from "../../ui/states";
import { plannedSteps } from "../release/steps";
import { type Form, missing } from "./draft";
import { Gates } from "./Gates";
import { useTrial } from "./useTrial";

/** What the host says would come of it: what it takes the place of, what each gate would say, the steps that it goes through. */
export function Preview({ service, form }: { service: string; form: Form }) {
  const incomplete = missing(form);
  const trial = useTrial(form);
  const tried = incomplete === undefined ? trial.data : undefined;
  const glances = useQuery({ queryKey: ["overview", service], queryFn: () => overview({ service, limit: 200 }) });
  const glance = glances.data?.items.find(({ deployment }) => deployment === form.deployment);
  return (
    <section className="card" aria-labelledby="preview" aria-live="polite">
      <h2 id="preview">What would happen</h2>
      {glance && <p className="change">{glance.running?.version ?? "Nothing runs there yet"} → <strong>{form.version || "…"}</strong></p>}
      {incomplete && <p className="muted">{incomplete}</p>}
      {!incomplete && trial.isPending && <Loading what="what the host would say" />}
      <ActionFailure error={incomplete ? undefined : trial.error} />
      {tried && <p className="muted small">Artifact <code>{tried.content.artifact.digest}</code></p>}
      {tried && <RolloutAxis strategy={tried.content.strategy} otherwise={<Steps release={tried} />} />}
      {glance && <><h3>Gates, as they are now</h3><Gates glance={glance} trial={tried} /></>}
    </section>
  );
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
