import { useTitle } from "../../ui/useTitle";
import { GovernanceTabs } from "./GovernancePage";
import { Grants } from "./Grants";
import { RoleMatrix } from "./RoleMatrix";
import { Tokens } from "./Tokens";
import { WhoMayWhat } from "./WhoMayWhat";

/** Who may do what, and with which credentials. */
export function AccessPage() {
  useTitle("Roles and tokens");
  return (
    <>
      <div className="page-head"><h1>Governance</h1></div>
      <GovernanceTabs />
      <div className="columns">
        <div><Grants /><Tokens /></div>
        <div><WhoMayWhat /></div>
      </div>
      <RoleMatrix />
    </>
  );
}
