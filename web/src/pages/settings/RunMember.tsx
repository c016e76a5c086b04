import { useMember } from "./draft";
import { Field, LinesMember, shown } from "./fields";
import { isObject } from "./json";

/** Whether a program or a shell line runs. */
export function RunKind({ pointer }: { pointer: string }) {
  const { value, problems, set } = useMember(pointer);
  const change = (kind: string) => {
    const { argv: _, shell: __, ...rest } = isObject(value) ? value : {};
    set(kind === "shell" ? { ...rest, shell: "" } : { ...rest, argv: [] });
  };
  return (
    <Field label="Runs" problems={problems}>
      {(attributes) => (
        <select {...attributes} value={isObject(value) && "shell" in value ? "shell" : "argv"} onChange={({ target }) => change(target.value)}>
          <option value="argv">a program</option>
          <option value="shell">a shell line</option>
        </select>
      )}
    </Field>
  );
}

/** The program with its arguments, or the shell line. */
export function RunText({ pointer }: { pointer: string }) {
  const run = useMember(pointer);
  const shell = useMember(`${pointer}/shell`);
  if (!isObject(run.value) || !("shell" in run.value)) return <LinesMember pointer={`${pointer}/argv`} label="Program and arguments, one a line" placeholder="make" />;
  return (
    <Field label="Shell" problems={shell.problems}>
      {(attributes) => <textarea {...attributes} rows={3} value={shown(shell.value)} spellCheck={false} onChange={({ target }) => shell.set(target.value)} />}
    </Field>
  );
}
