import { useQuery } from "@tanstack/react-query";

import { type WhoCanWhat, whoCanWhat } from "../../api/modules/access";
import { Failure, Loading } from "../../ui/states";
import { ROLES } from "./roles";

type Reach = WhoCanWhat["roles"][number]["actions"][number]["reach"];

const MARKS: Record<Reach, [mark: string, said: string]> = { everywhere: ["●", "yes"], somewhere: ["◐", "partly"], nowhere: ["", "no"] };

/** Who can what: each role's rights, action by action. */
export function RoleMatrix() {
  const rights = useQuery({ queryKey: ["permissions", "of roles"], queryFn: whoCanWhat });
  return (
    <section className="card" aria-labelledby="roles-matrix">
      <h2 id="roles-matrix">What each role allows</h2>
      <p className="muted">Where it holds, the grant says. ● everywhere there, ◐ on some kinds of things or tiers only.</p>
      {rights.isPending && <Loading what="the roles" />}
      {rights.error && !rights.data && <Failure error={rights.error} retry={() => void rights.refetch()} />}
      {rights.data?.roles.length === 0 && <p className="muted">This host's authorizer tells no roles beforehand.</p>}
      {rights.data && rights.data.roles.length > 0 && <Table roles={rights.data.roles} />}
    </section>
  );
}

function Table({ roles }: { roles: WhoCanWhat["roles"] }) {
  const ordered = roles.toSorted((one, other) => rank(one.role) - rank(other.role) || one.role.localeCompare(other.role));
  const actions = ordered[0]?.actions ?? [];
  return (
    <div className="table-frame">
      <table className="rights">
        <caption className="sr-only">Roles by actions</caption>
        <thead><tr><th scope="col">Action</th>{ordered.map(({ role }) => <th scope="col" key={role}>{role}</th>)}</tr></thead>
        <tbody>
          {actions.map(({ action }, index) => (
            <tr key={action}>
              <th scope="row"><code>{action}</code></th>
              {ordered.map((rights) => <Cell key={rights.role} reach={rights.actions[index]?.reach ?? "nowhere"} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ reach }: { reach: Reach }) {
  const [mark, said] = MARKS[reach];
  return <td><span aria-hidden="true">{mark}</span><span className="sr-only">{said}</span></td>;
}

/** The known roles from the least to the most, others after them. */
function rank(role: string): number {
  const place = ROLES.findIndex((name) => name === role);
  return place < 0 ? ROLES.length : place;
}
