import type { ReactNode } from "react";

import { OfflineError, ProblemError } from "../api/problem";
import { Button } from "./Button";

/** What is being read is said, so that a screen reader hears more than a spinner. */
export function Loading({ what }: { what: string }) {
  return <div className="state loading" role="status"><span className="spinner" aria-hidden="true" />Loading {what}…</div>;
}

/** There is nothing; `children` say what to do next. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return <div className="state empty"><h2>{title}</h2><div>{children}</div></div>;
}

/** What went wrong, in words for the one who sees it, with the id that an operator finds it by. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail, requestId } = told(error);
  return (
    <div className="state failure" role="alert">
      <h2>{title}</h2>
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
