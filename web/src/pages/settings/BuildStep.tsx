import { useMember } from "./draft";
import { Environment } from "./Environment";
import { Field, LinesMember, NumberMember, shown, TextMember } from "./fields";
import { isObject } from "./json";

/** One step of a build. */
export function BuildStep({ pointer }: { pointer: string }) {
  const step = useMember(pointer);
  const isShell = isObject(step.value) && "shell" in step.value;
  const change = (kind: string) => {
    const { argv: _, shell: __, ...rest } = isObject(step.value) ? step.value : {};
    step.set(kind === "shell" ? { ...rest, shell: "" } : { ...rest, argv: [] });
  };
  return (
    <>
      <div className="beside">
        <TextMember pointer={`${pointer}/name`} label="Name" placeholder="build" />
        <Field label="Runs" problems={step.problems}>
          {(attributes) => (
            <select {...attributes} value={isShell ? "shell" : "argv"} onChange={({ target }) => change(target.value)}>
              <option value="argv">a program</option>
              <option value="shell">a shell line</option>
            </select>
          )}
        </Field>
        <NumberMember pointer={`${pointer}/timeout_seconds`} label="At most (s)" placeholder="3600" />
      </div>
      {isShell ? <Shell pointer={`${pointer}/shell`} /> : <LinesMember pointer={`${pointer}/argv`} label="Program and arguments, one a line" placeholder="make" />}
      <TextMember pointer={`${pointer}/working_directory`} label="Directory" placeholder="the workspace" />
      <Environment pointer={`${pointer}/environment`} />
    </>
  );
}

function Shell({ pointer }: { pointer: string }) {
  const { value, problems, set } = useMember(pointer);
  return (
    <Field label="Shell" problems={problems}>
      {(attributes) => <textarea {...attributes} rows={3} value={shown(value)} spellCheck={false} onChange={({ target }) => set(target.value)} />}
    </Field>
  );
}
