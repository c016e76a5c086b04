import type { Violation } from "../../api/rules";

/** Everything that is wrong, also where no field shows it. */
export function Problems({ problems }: { problems: Violation[] }) {
  return (
    <div role="status" className="problems">
      {problems.length > 0 && (
        <>
          <h3>What is wrong</h3>
          <ul>{problems.map(({ path, code, message }) => <li key={path + code}><code>{path || "/"}</code> {message}</li>)}</ul>
        </>
      )}
    </div>
  );
}
