import { useId, useState } from "react";

import { Button } from "../../ui/Button";
import type { Json } from "./json";

interface Props {
  draft: Json;
  onChange: (draft: Json) => void;
  /** Tells whether the text can be read. */
  onReadable: (isReadable: boolean) => void;
}

interface Typed {
  text: string;
  of: Json;
  /** Why it can't be read. */
  error?: string;
}

/** The same draft as JSON: what is changed here is in the form, and the other way round. */
export function JsonView({ draft, onChange, onReadable }: Props) {
  const id = useId();
  const [typed, setTyped] = useState<Typed>();
  // As it was typed, until the form changes the draft. What can't be read is nowhere else: it stays until somebody mends it.
  const current = typed && (typed.error !== undefined || typed.of === draft) ? typed : undefined;
  const text = current?.text ?? JSON.stringify(draft, null, 2);
  const change = (next: string) => {
    try {
      const read = JSON.parse(next) as Json;
      setTyped({ text: next, of: read });
      onReadable(true);
      onChange(read);
    } catch (error) {
      setTyped({ text: next, of: draft, error: error instanceof Error ? error.message : String(error) });
      onReadable(false);
    }
  };
  const discard = () => {
    setTyped(undefined);
    onReadable(true);
  };
  return (
    <details className="card" open>
      <summary><label htmlFor={id}>As JSON</label></summary>
      <textarea id={id} className="json" rows={Math.min(text.split("\n").length + 1, 40)} value={text} spellCheck={false} aria-invalid={current?.error !== undefined} aria-describedby={`${id}-said`} onChange={({ target }) => change(target.value)} />
      <small id={`${id}-said`} className="problem">{current?.error && `This can't be read, and isn't saved: ${current.error}`}</small>
      {current?.error && <Button quiet onPress={discard}>Throw this text away, and show the form's</Button>}
    </details>
  );
}
