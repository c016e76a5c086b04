import { NavLink } from "react-router";

import { useTitle } from "../../ui/useTitle";
import { Floors } from "./Floors";
import { Freezes } from "./Freezes";
import { Locks } from "./Locks";

/** The pages about rules and access. */
export function GovernanceTabs() {
  return (
    <nav className="tabs" aria-label="Governance">
      <NavLink to="/governance" end>Freezes, locks, floors</NavLink>
      <NavLink to="/governance/access">Roles and tokens</NavLink>
      <NavLink to="/governance/sources">Sources</NavLink>
    </nav>
  );
}

/** What holds releases back, for everybody. */
export function GovernancePage() {
  useTitle("Governance");
  return (
    <>
      <div className="page-head"><h1>Governance</h1></div>
      <GovernanceTabs />
      <div className="columns">
        <div><Freezes /><Locks /></div>
        <div><Floors /></div>
      </div>
    </>
  );
}
