import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

import { type Permissions, permissionsOf } from "../../api/modules/access";
import { useSession } from "../../app/session";
import { Failure, Loading } from "../../ui/states";
import { useFilters } from "../../ui/useFilters";

/** What somebody may do, action by action, and why not. */
export function WhoMayWhat() {
  const { principal } = useSession();
  const [filters, setFilter] = useFilters(["who"] as const);
  const who = useDeferredValue(filters.who ?? principal).trim();
  const permissions = useQuery({ queryKey: ["permissions", "of", who], queryFn: () => permissionsOf(who), enabled: who !== "" });
  return (
    <section className="card" aria-labelledby="who">
      <h2 id="who">Who may do what</h2>
      <label className="filter-field">Person or service account<input value={filters.who ?? principal} onChange={(event) => setFilter("who", event.target.value)} autoComplete="off" spellCheck={false} /></label>
      {permissions.isPending && who !== "" && <Loading what="the permissions" />}
      {permissions.error && !permissions.data && <Failure error={permissions.error} retry={() => void permissions.refetch()} />}
      {permissions.data && <Table permissions={permissions.data} />}
    </section>
  );
}

function Table({ permissions }: { permissions: Permissions }) {
  const roles = [...permissions.roles];
  return (
    <>
      <p className="muted">{roles.length > 0 ? `Roles in the whole tenant: ${roles.join(", ")}` : "No role in the whole tenant."}</p>
      <table className="steps">
        <thead><tr><th scope="col">Action</th><th scope="col">May</th></tr></thead>
        <tbody>
          {permissions.actions.map(({ action, allowed, reason }) => (
            <tr key={action}><th scope="row"><code>{action}</code></th><td>{allowed ? "✓ yes" : <span title={reason}>✕ no</span>}</td></tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
