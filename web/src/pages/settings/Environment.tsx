import { useId, useState } from "react";

import { Button } from "../../ui/Button";
import { useMember } from "./draft";
import { shown } from "./fields";
import { isObject, type Json } from "./json";

/** The variables of a step: texts, or the names of secrets, whose values nobody sees here. */
export function Environment({ pointer }: { pointer: string }) {
  const { value, within, set } = useMember(pointer);
  const variables = isObject(value) ? Object.entries(value) : [];
  const change = (index: number, next: [string, Json]) => set(Object.fromEntries(variables.with(index, next)));
  return (
    <div className="environment">
      {variables.map(([name, held], index) => (
        // A variable is nothing but its place while its name changes.
        // oxlint-disable-next-line react/no-array-index-key
        <Variable key={index} name={name} held={held} taken={(other) => other !== name && variables.some(([known]) => known === other)}
          onChange={(next) => change(index, next)} onRemove={() => set(index === 0 && variables.length === 1 ? undefined : Object.fromEntries(variables.toSpliced(index, 1)))} />
      ))}
      {within.map(({ path, code, message }) => <small key={path + code} className="problem">{path.slice(pointer.length + 1)} {message}</small>)}
      {variables.some(([name]) => name === "") || <Button quiet onPress={() => set(Object.fromEntries([...variables, ["", ""]]))}>Add a variable</Button>}
    </div>
  );
}

interface Props {
  name: string;
  held: Json;
  taken: (name: string) => boolean;
  onChange: (next: [string, Json]) => void;
  onRemove: () => void;
}

function Variable({ name, held, taken, onChange, onRemove }: Props) {
  const isSecret = isObject(held);
  const text = isObject(held) ? shown(held["secret"]) : shown(held);
  const said = useId();
  // A name that another one has is on its way to a longer one, or a mistake: either way it takes the place of none.
  const [typed, setTyped] = useState<string>();
  const rename = (next: string) => {
    setTyped(taken(next) ? next : undefined);
    if (!taken(next)) onChange([next, held]);
  };
  const put = (secret: boolean, next: string) => onChange([name, secret ? { secret: next } : next]);
  return (
    <div className="variable">
      <input aria-label="Variable" value={typed ?? name} placeholder="NAME" autoComplete="off" spellCheck={false} aria-invalid={typed !== undefined} aria-describedby={said} onChange={({ target }) => rename(target.value)} onBlur={() => setTyped(undefined)} />
      <select aria-label={`What ${name || "it"} is`} value={isSecret ? "secret" : "text"} onChange={({ target }) => put(target.value === "secret", text)}>
        <option value="text">is the text</option>
        <option value="secret">is the secret named</option>
      </select>
      <input aria-label={`Value of ${name || "it"}`} value={text} autoComplete="off" spellCheck={false} onChange={({ target }) => put(isSecret, target.value)} />
      <button type="button" className="button quiet" aria-label={`Remove the variable ${name}`} onClick={onRemove}>✕</button>
      <small id={said} className="problem">{typed !== undefined && `Another variable is called ${typed}: this one is still ${name || "without a name"}.`}</small>
    </div>
  );
}
