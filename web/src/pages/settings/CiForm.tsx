import { BuildStep } from "./BuildStep";
import { ChoiceMember, LinesMember, NumberMember, TextMember } from "./fields";
import { ItemList } from "./ItemList";

/** How a service is built. */
export function CiForm() {
  return (
    <>
      <fieldset>
        <legend>Source</legend>
        <TextMember pointer="/repository" label="Repository" placeholder="https://git.example.com/shop.git" />
        <ChoiceMember pointer="/trigger_mode" label="Who may start a run" options={[["both", "People and the source"], ["manual", "People"], ["source-event", "The source"]]} />
        <div className="beside">
          <LinesMember pointer="/branches" label="Branches" hint="One pattern a line. Only the source's events are held against it." placeholder="main" />
          <LinesMember pointer="/tags" label="Tags" placeholder="v*" />
          <LinesMember pointer="/paths" label="Paths" hint="An event must change one of them." placeholder="src/**" />
        </div>
      </fieldset>
      <ItemList pointer="/steps" title="Steps" item="step" template={{ name: "", argv: [] }} empty="A run needs at least one.">
        {(pointer) => <BuildStep pointer={pointer} />}
      </ItemList>
      <fieldset>
        <legend>Artifact</legend>
        <div className="beside">
          <TextMember pointer="/artifact/name" label="Name" placeholder="shop" />
          <TextMember pointer="/artifact/path" label="Path in the workspace" placeholder="dist/shop.tar" />
        </div>
      </fieldset>
      <fieldset>
        <legend>Running it</legend>
        <div className="beside">
          <TextMember pointer="/executor" label="Executor" placeholder="command" />
          <NumberMember pointer="/max_attempts" label="Attempts" hint="When the host dies under a run." placeholder="1" />
        </div>
      </fieldset>
    </>
  );
}
