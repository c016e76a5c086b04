import { useQuery } from "@tanstack/react-query";

import { type Permissions, permissionsOf } from "../../api/modules/access";
import { myTenantPermissions } from "../../api/modules/permissions";
import { useSession } from "../../app/session";
import { Failure, Loading } from "../../ui/states";
import { TextFilter } from "../../ui/TextFilter";
import { useFilters } from "../../ui/useFilters";

/** What somebody may do, action by action, and why not. */
export function WhoMayWhat() {
  const { principal } = useSession();
  const [filters, setFilter] = useFilters(["who", "kind"] as const);
  const who = filters.who?.trim() ?? "";
  const kind = filters.kind === "service_account" ? "service_account" : "person";
  const isSelf = who === "" || (who === principal && kind === "person");
  // What one may do oneself is nobody's privilege to know.
  const permissions = useQuery({
    queryKey: isSelf ? ["permissions", { of: "tenant" }] : ["permissions", "of", kind, who],
    queryFn: () => (isSelf ? myTenantPermissions() : permissionsOf(who, kind)),
  });
  return (
    <section className="card" aria-labelledby="who">
      <h2 id="who">Who may do what</h2>
      <div className="filters">
        <label className="filter-field" htmlFor="who-name"><span>Who</span><TextFilter id="who-name" value={filters.who ?? ""} placeholder={`${principal} (you)`} onChange={(text) => setFilter("who", text)} spellCheck={false} /></label>
        <label className="filter-field">What they are
          <select value={kind} onChange={(event) => setFilter("kind", event.target.value === "person" ? "" : event.target.value)}><option value="person">Person</option><option value="service_account">Service account</option></select>
        </label>
      </div>
      {permissions.isPending && <Loading what="the permissions" />}
      {permissions.error && !permissions.data && <Failure error={permissions.error} retry={() => void permissions.refetch()} />}
      {permissions.data && <Table permissions={permissions.data} />}
    </section>
  );
}

function Table({ permissions }: { permissions: Permissions }) {
  const roles = [...permissions.roles];
  return (
    <>
      <p className="muted"><strong>{permissions.principal}</strong>: {roles.length > 0 ? `roles in the whole tenant: ${roles.join(", ")}` : "no role in the whole tenant"}</p>
      <table className="steps">
        <thead><tr><th scope="col">Action</th><th scope="col">May</th></tr></thead>
        <tbody>
          {permissions.actions.map(({ action, allowed, reason }) => (
            <tr key={action}><th scope="row"><code>{action}</code></th><td>{allowed ? "✓ yes" : <>✕ no <small className="muted">{reason}</small></>}</td></tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
