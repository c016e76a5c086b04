import type { ReactNode } from "react";

import { OfflineError, ProblemError } from "../api/problem";
import { Button } from "./Button";

/** What is being read is said, so that a screen reader hears more than a spinner. */
export function Loading({ what }: { what: string }) {
  return <div className="state loading" role="status"><span className="spinner" aria-hidden="true" />Loading {what}…</div>;
}

/** The page's own heading where a state is all that the page has, and a part's otherwise. */
function Title({ whole, children }: { whole: boolean | undefined; children: string }) {
  return whole ? <h1>{children}</h1> : <h2>{children}</h2>;
}

/** There is nothing; `children` say what to do next. `whole` when the page has nothing else. */
export function Empty({ title, whole, children }: { title: string; whole?: boolean; children: ReactNode }) {
  return <div className="state empty"><Title whole={whole}>{title}</Title><div>{children}</div></div>;
}

/** What went wrong, in words for the one who sees it, with the id that an operator finds it by. `whole` when the page has nothing else. */
export function Failure({ error, whole, retry }: { error: unknown; whole?: boolean; retry?: () => void }) {
  const { title, detail, requestId } = told(error);
  return (
    <div className="state failure" role="alert">
      <Title whole={whole}>{title}</Title>
      <p>{detail}</p>
      {requestId && <p className="muted">Request <code>{requestId}</code></p>}
      {retry && <Button onPress={retry}>Try again</Button>}
    </div>
  );
}

/** A short failure beside the action that met it. */
export function ActionFailure({ error }: { error: unknown }) {
  if (!error) return null;
  const { title, detail, requestId } = told(error);
  const violations = error instanceof ProblemError ? (error.problem.violations ?? []) : [];
  return (
    <div className="action-failure" role="alert">
      <strong>{title}.</strong> {detail}{requestId && <small> Request <code>{requestId}</code></small>}
      {violations.length > 0 && <ul>{violations.map(({ path, message }) => <li key={`${path} ${message}`}>{path && <code>{path}</code>} {message}</li>)}</ul>}
    </div>
  );
}

function told(error: unknown): { title: string; detail: string; requestId?: string } {
  if (error instanceof ProblemError) {
    const { title, detail, request_id } = error.problem;
    if (error.status === 403) return { title: "You may not see or do this", detail: `${detail}. Ask an admin for the role.`, requestId: request_id };
    if (error.status === 404) return { title: "There is no such thing", detail: "It may belong to somebody else, or the address is wrong.", requestId: request_id };
    return { title, detail, requestId: request_id };
  }
  if (error instanceof OfflineError) return { title: "The host can't be reached", detail: "Check your connection; nothing you did is lost." };
  return { title: "This page is broken", detail: error instanceof Error ? error.message : String(error) };
}
