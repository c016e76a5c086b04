import { useId, useState } from "react";

import type { Json } from "./json";

interface Props {
  draft: Json;
  onChange: (draft: Json) => void;
  /** Tells whether the text can be read. */
  onReadable: (isReadable: boolean) => void;
}

/** The same draft as JSON: what is changed here is in the form, and the other way round. */
export function JsonView({ draft, onChange, onReadable }: Props) {
  const id = useId();
  const [typed, setTyped] = useState<{ text: string; of: Json; error?: string }>();
  // As it was typed, until the form changes the draft.
  const current = typed?.of === draft ? typed : undefined;
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
  return (
    <details className="card" open>
      <summary><label htmlFor={id}>As JSON</label></summary>
      <textarea id={id} className="json" rows={Math.min(text.split("\n").length + 1, 40)} value={text} spellCheck={false} aria-invalid={current?.error !== undefined} aria-describedby={`${id}-said`} onChange={({ target }) => change(target.value)} />
      <small id={`${id}-said`} className="problem">{current?.error && `This can't be read, and isn't saved: ${current.error}`}</small>
    </details>
  );
}
