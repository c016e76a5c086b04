import { useMember } from "./draft";
import { ChoiceMember, Field, NumberMember, shown, TextMember } from "./fields";
import { ItemList } from "./ItemList";
import { isObject, type Json } from "./json";

/** What each strategy begins with; the rest is the host's default. */
const BEGINNINGS: Record<string, Json> = {
  rolling: { type: "rolling", max_surge: "25%", max_unavailable: "25%" },
  "blue-green": { type: "blue-green", promotion: "manual", keep_old_seconds: 300 },
  canary: { type: "canary", steps: [{ weight: 20, pause: "manual" }], on_failure: "undo" },
};

/** How a new version takes the place of the old one, with the parameters of that way alone. */
export function StrategyFields() {
  const { problems, set } = useMember("/strategy");
  const typed = useMember("/strategy/type");
  const type = shown(typed.value);
  return (
    <fieldset>
      <legend>Strategy</legend>
      <Field label="A new version comes" problems={[...problems, ...typed.problems]}>
        {(attributes) => (
          <select {...attributes} value={type} onChange={({ target }) => set(BEGINNINGS[target.value])}>
            {!(type in BEGINNINGS) && <option value={type}>{type || "Choose…"}</option>}
            <option value="rolling">rolling: a few instances at a time</option>
            <option value="blue-green">blue-green: beside the old one, then all at once</option>
            <option value="canary">canary: with a growing share of the traffic</option>
          </select>
        )}
      </Field>
      {type === "rolling" && (
        <div className="beside">
          <NumberMember pointer="/strategy/max_surge" label="More than wanted" hint="A number, or a share such as 25%." placeholder="25%" />
          <NumberMember pointer="/strategy/max_unavailable" label="Fewer than wanted" placeholder="25%" />
        </div>
      )}
      {type === "blue-green" && <BlueGreen />}
      {type === "canary" && <Canary />}
    </fieldset>
  );
}

function BlueGreen() {
  const { value } = useMember("/strategy/promotion");
  return (
    <div className="beside">
      <Alternative pointer="/strategy/promotion" label="Takes over" options={[["manual", "when somebody promotes it", "manual"], ["auto", "on its own", { auto: { delay_seconds: 0 } }]]} />
      {isObject(value) && "auto" in value && <NumberMember pointer="/strategy/promotion/auto/delay_seconds" label="After (s)" placeholder="0" />}
      <NumberMember pointer="/strategy/keep_old_seconds" label="The old one is kept (s)" placeholder="300" />
    </div>
  );
}

function Canary() {
  return (
    <>
      <ItemList pointer="/strategy/steps" title="Shares" item="share" template={{ weight: 50, pause: { seconds: 60 } }} empty="A canary needs at least one.">
        {(pointer) => <Share pointer={pointer} />}
      </ItemList>
      <ChoiceMember pointer="/strategy/on_failure" label="When a share or its analysis fails" options={[["undo", "It goes back"], ["abort", "It stops there"], ["pause", "It waits for somebody"]]} />
    </>
  );
}

function Share({ pointer }: { pointer: string }) {
  const { value } = useMember(`${pointer}/pause`);
  return (
    <div className="beside">
      <NumberMember pointer={`${pointer}/weight`} label="Share (%)" />
      <Alternative pointer={`${pointer}/pause`} label="Then" options={[["none", "goes on", undefined], ["manual", "waits for resume", "manual"], ["seconds", "waits, seconds", { seconds: 60 }]]} />
      {isObject(value) && "seconds" in value && <NumberMember pointer={`${pointer}/pause/seconds`} label="Seconds" />}
      <TextMember pointer={`${pointer}/analysis`} label="Judged by" placeholder="no analysis" />
    </div>
  );
}

/** A choice whose answers are different in shape: a word, an object, or nothing. */
function Alternative({ pointer, label, options }: { pointer: string; label: string; options: [name: string, label: string, beginning: Json | undefined][] }) {
  const { value, problems, set } = useMember(pointer);
  const name = isObject(value) ? Object.keys(value)[0] : shown(value) || "none";
  return (
    <Field label={label} problems={problems}>
      {(attributes) => (
        <select {...attributes} value={name} onChange={({ target }) => set(options.find(([known]) => known === target.value)?.[2])}>
          {options.map(([known, said]) => <option key={known} value={known}>{said}</option>)}
        </select>
      )}
    </Field>
  );
}
