import { Button } from "../../ui/Button";
import { useMember } from "./draft";
import { Environment } from "./Environment";
import { NumberMember, shown, TextMember } from "./fields";
import { isObject } from "./json";
import { RunKind, RunText } from "./RunMember";

/** The commands that the executor `command` knows (`cicd-executor/src/command/target.rs`), and what each does. */
const VERBS: [verb: string, effect: string][] = [
  ["apply", "brings the artifact there"],
  ["set-weight", "gives the new version CICD_WEIGHT percent of the traffic: what a canary needs, with promote"],
  ["promote", "gives it all the traffic, and retires the old version: what blue-green needs"],
  ["analyse", "judges the new version; exit code 0 is good, 1 is bad"],
  ["undo", "brings back what ran before"],
  ["status", "says how a rollout stands, and changes nothing"],
];

/** What the executor needs to know of a place. */
export function TargetFields() {
  const executor = shown(useMember("/executor").value);
  if (executor !== "command") {
    return <p className="muted">What the executor {executor && <code>{executor}</code>} needs to know stands in the member <code>target</code> of the JSON.</p>;
  }
  return (
    <fieldset className="items">
      <legend>Commands</legend>
      {VERBS.map(([verb, effect]) => <Command key={verb} verb={verb} effect={effect} />)}
    </fieldset>
  );
}

function Command({ verb, effect }: { verb: string; effect: string }) {
  const pointer = `/target/commands/${verb}`;
  const { value, problems, set } = useMember(pointer);
  if (value === undefined) {
    return (
      <div>
        <Button onPress={() => set({ argv: [] })}>{`Add ${verb}`}</Button> <span className="muted small">{effect}</span>
        {problems.map(({ code, message }) => <small key={code} className="problem">{message}</small>)}
      </div>
    );
  }
  return (
    <fieldset className="item">
      <legend><code>{verb}</code> <span className="muted small">{effect}</span></legend>
      <div className="item-fields">
        {!isObject(value) && <p className="problem">This is no command; see the JSON.</p>}
        <div className="beside">
          <RunKind pointer={pointer} />
          <NumberMember pointer={`${pointer}/timeout_seconds`} label="At most (s)" placeholder="600" />
          <TextMember pointer={`${pointer}/directory`} label="Directory" placeholder="one of its own" />
        </div>
        <RunText pointer={pointer} />
        <Environment pointer={`${pointer}/environment`} />
      </div>
      {verb !== "apply" && <div className="item-end"><button type="button" className="button quiet" aria-label={`Remove ${verb}`} title={`Remove ${verb}`} onClick={() => set(undefined)}>✕</button></div>}
    </fieldset>
  );
}
