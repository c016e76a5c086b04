import { ChoiceMember, TextMember } from "./fields";
import { TargetFields } from "./TargetFields";

/** What an admin says of a place where a service runs. */
export function PlaceForm() {
  return (
    <>
      <div className="beside">
        <ChoiceMember pointer="/tier" label="Tier" hint="Policy floors and freezes go by it." options={[["development", "development"], ["staging", "staging"], ["production", "production"]]} />
        <TextMember pointer="/executor" label="Executor" hint="It rolls out here." placeholder="command" />
      </div>
      <TargetFields />
    </>
  );
}
