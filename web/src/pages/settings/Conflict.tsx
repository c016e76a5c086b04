import { useState } from "react";

import { Button } from "../../ui/Button";
import { Time } from "../../ui/Time";
import { Changes } from "./Changes";
import { shown } from "./fields";
import type { Json } from "./json";
import type { Stored } from "./kinds";
import { type Choices, type Conflict as Clash, merge } from "./merge";

interface Props {
  base: Stored | null;
  theirs: Stored;
  yours: Json;
  onMerge: (merged: Json) => void;
}

/** Somebody saved meanwhile: both changes are kept, and where they clash one chooses. Nothing of yours is lost. */
export function Conflict({ base, theirs, yours, onMerge }: Props) {
  const [choices, setChoices] = useState<Choices>({});
  const { merged, conflicts } = merge(base?.spec, theirs.spec, yours, choices);
  const open = conflicts.filter(({ path }) => !choices[path]).length;
  return (
    <section className="card conflict" aria-labelledby="conflict">
      <h2 id="conflict">Somebody else saved meanwhile</h2>
      <p role="alert"><strong>{theirs.updated_by}</strong> saved {theirs.revision !== undefined && `revision ${theirs.revision} `}<Time at={theirs.updated_at} />. Your changes are still here, and nothing is saved yet.</p>
      <Changes title={`What ${theirs.updated_by} changed`} before={base?.spec} after={theirs.spec} />
      {conflicts.length === 0 && <p>Your changes and theirs touch different members: both are kept.</p>}
      {conflicts.map((clash) => (
        <Choice key={clash.path} clash={clash} who={theirs.updated_by} chosen={choices[clash.path]} onChoose={(side) => setChoices({ ...choices, [clash.path]: side })} />
      ))}
      <div className="actions">
        <Button primary onPress={() => onMerge(merged)} disabledReason={open > 0 ? `Choose a side for ${open} more.` : undefined}>Go on with both changes</Button>
        <Button onPress={() => onMerge(theirs.spec)}>Drop mine</Button>
      </div>
    </section>
  );
}

interface ChoiceProps {
  clash: Clash;
  who: string;
  chosen: "theirs" | "yours" | undefined;
  onChoose: (side: "theirs" | "yours") => void;
}

function Choice({ clash: { path, base, theirs, yours }, who, chosen, onChoose }: ChoiceProps) {
  const sides = [["yours", "Yours", yours], ["theirs", `${who}’s`, theirs]] as const;
  return (
    <fieldset className="choice">
      <legend><code>{path || "/"}</code> <span className="muted">was {said(base)}</span></legend>
      {sides.map(([side, label, value]) => (
        <label key={side}><input type="radio" name={path} checked={chosen === side} onChange={() => onChoose(side)} /> {label}: <code>{said(value)}</code></label>
      ))}
    </fieldset>
  );
}

function said(value: Json | undefined): string {
  return value === undefined || value === null ? "not there" : shown(value);
}
