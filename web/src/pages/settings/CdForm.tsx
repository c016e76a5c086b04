import { ChoiceMember, FlagMember, NumberMember, TextMember } from "./fields";
import { ItemList } from "./ItemList";
import { StrategyFields } from "./StrategyFields";

/** How releases reach a deployment. */
export function CdForm() {
  return (
    <>
      <StrategyFields />
      <Requirements pointer="/approval/requirements" title="Votes for a deploy" empty="None: a release is approved as it is asked for, where the tier's floor allows it." />
      <fieldset>
        <legend>Waiting</legend>
        <div className="beside">
          <NumberMember pointer="/approval/deadline_seconds" label="Votes within (s)" hint="A release that waits longer is cancelled." placeholder="the host's own" />
          <NumberMember pointer="/deadline_seconds" label="Rollout within (s)" hint="Manual pauses don't count." placeholder="3600" />
        </div>
        <div className="beside wide">
          <ChoiceMember pointer="/queue" label="Releases that wait for the same place" options={[["supersede", "The newest takes the place of older ones"], ["wait", "One after the other"], ["refuse", "A second one is refused"]]} />
          <ChoiceMember pointer="/when_stale" label="When this config changes meanwhile" options={[["cancel", "They are cancelled"], ["keep-pinned", "They go on as they were asked for"]]} />
        </div>
        <FlagMember pointer="/allow_external_artifacts" label="Artifacts that no CI run built may be released, by digest and origin" />
      </fieldset>
      <Requirements pointer="/rollback/approval" title="Votes for a rollback" empty="None: the right to roll back and a reason are enough, because the way back must be fast." />
    </>
  );
}

function Requirements({ pointer, title, empty }: { pointer: string; title: string; empty: string }) {
  return (
    <ItemList pointer={pointer} title={title} item="requirement" template={{ role: "approver", count: 1 }} empty={empty}>
      {(at) => (
        <div className="beside">
          <NumberMember pointer={`${at}/count`} label="Persons" />
          <TextMember pointer={`${at}/role`} label="With the role" placeholder="approver" />
        </div>
      )}
    </ItemList>
  );
}
