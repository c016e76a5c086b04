import { type ReactNode, useId, useState } from "react";

import type { Violation } from "../../api/rules";
import { useMember } from "./draft";
import type { Json } from "./json";

interface Named {
  pointer: string;
  label: string;
  hint?: string;
  placeholder?: string;
}

interface Attributes {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string;
}

/** A labelled control with what is wrong at it. */
export function Field({ label, hint, problems, children }: { label: string; hint?: string | undefined; problems: Violation[]; children: (attributes: Attributes) => ReactNode }) {
  const id = useId();
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": problems.length > 0, "aria-describedby": `${id}-said` })}
      <div id={`${id}-said`} className="said">
        {hint && <small className="muted">{hint}</small>}
        {problems.map(({ path, code, message }) => <small key={path + code} className="problem"><span aria-hidden="true">✕ </span>{message}</small>)}
      </div>
    </div>
  );
}

/** A text; an empty one is left out. */
export function TextMember({ pointer, label, hint, placeholder }: Named) {
  const { value, problems, set } = useMember(pointer);
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(attributes) => <input {...attributes} value={shown(value)} placeholder={placeholder} autoComplete="off" spellCheck={false} onChange={({ target }) => set(target.value === "" ? undefined : target.value)} />}
    </Field>
  );
}

/** A number, or a text that starts with one, such as `25%`. The rules say which of them is right. */
export function NumberMember({ pointer, label, hint, placeholder }: Named) {
  const { value, problems, set } = useMember(pointer);
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(attributes) => <input {...attributes} className="short" inputMode="numeric" value={shown(value)} placeholder={placeholder} autoComplete="off" onChange={({ target }) => set(numberOf(target.value.trim()))} />}
    </Field>
  );
}

function numberOf(text: string): Json | undefined {
  if (text === "") return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** One of several. */
export function ChoiceMember({ pointer, label, hint, options }: Named & { options: [value: string, label: string][] }) {
  const { value, problems, set } = useMember(pointer);
  const chosen = shown(value);
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(attributes) => (
        <select {...attributes} value={chosen} onChange={({ target }) => set(target.value)}>
          {!options.some(([name]) => name === chosen) && <option value={chosen}>{chosen || "Choose…"}</option>}
          {options.map(([name, said]) => <option key={name} value={name}>{said}</option>)}
        </select>
      )}
    </Field>
  );
}

/** Texts, one a line; empty lines don't count. */
export function LinesMember({ pointer, label, hint, placeholder, rows = 2 }: Named & { rows?: number }) {
  const { value, within, set } = useMember(pointer);
  const [typed, setTyped] = useState("");
  const stored = Array.isArray(value) ? value.map(shown).join("\n") : "";
  // As it was typed, as long as it says what is stored: a line that was just begun is still empty.
  const text = linesOf(typed).join("\n") === stored ? typed : stored;
  return (
    <Field label={label} hint={hint} problems={within}>
      {(attributes) => (
        <textarea
          {...attributes} rows={Math.max(rows, text.split("\n").length)} value={text} placeholder={placeholder} spellCheck={false}
          onChange={({ target }) => { setTyped(target.value); set(linesOf(target.value)); }}
        />
      )}
    </Field>
  );
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Yes or no. */
export function FlagMember({ pointer, label }: Named) {
  const { value, problems, set } = useMember(pointer);
  return (
    <div className="setting flag">
      <label><input type="checkbox" checked={value === true} aria-invalid={problems.length > 0} onChange={({ target }) => set(target.checked)} /> {label}</label>
      {problems.map(({ code, message }) => <small key={code} className="problem">{message}</small>)}
    </div>
  );
}

/** A value as a field shows it. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
