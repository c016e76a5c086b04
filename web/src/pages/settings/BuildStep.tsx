import { Environment } from "./Environment";
import { NumberMember, TextMember } from "./fields";
import { RunKind, RunText } from "./RunMember";

/** One step of a build. */
export function BuildStep({ pointer }: { pointer: string }) {
  return (
    <>
      <div className="beside">
        <TextMember pointer={`${pointer}/name`} label="Name" placeholder="build" />
        <RunKind pointer={pointer} />
        <NumberMember pointer={`${pointer}/timeout_seconds`} label="At most (s)" placeholder="3600" />
      </div>
      <RunText pointer={pointer} />
      <TextMember pointer={`${pointer}/working_directory`} label="Directory" placeholder="the workspace" />
      <Environment pointer={`${pointer}/environment`} />
    </>
  );
}
