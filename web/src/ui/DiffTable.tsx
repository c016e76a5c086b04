import type { MemberChange } from "./changes";

interface Props {
  changes: MemberChange[];
  before?: string;
  after?: string;
  title?: string;
}

/** What changed, member by member. */
export function DiffTable({ changes, before = "Before", after = "After", title }: Props) {
  return (
    <div className="table-frame">
      <table className="diff">
        {title && <caption>{title}</caption>}
        <thead><tr><th scope="col">Member</th><th scope="col">{before}</th><th scope="col">{after}</th></tr></thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.path}><th scope="row"><code>{change.path || "/"}</code></th><td className="gone">{change.before ?? "–"}</td><td className="come">{change.after ?? "–"}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
