/** A problem of RFC 9457 as the host writes it, with the members that some kinds add. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  violations?: { path: string; code: string; message: string }[];
  current_state?: string;
  allowed_commands?: string[];
  candidates?: string[];
  needed_roles?: string[];
  action?: string;
}

/** The host refused. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get status(): number {
    return this.problem.status;
  }

  /** The last part of the type, such as `not-possible`. */
  get code(): string {
    return this.problem.type.split("/").at(-1) ?? "";
  }
}

/** The host didn't answer at all. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";

  constructor(cause: unknown) {
    super("The host can't be reached.", { cause });
  }
}

/** Reads a refusal; what no host of ours wrote, such as a proxy's page, is told by its status alone. */
export async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get("x-request-id") ?? "";
  const foreign: Problem = {
    type: "about:blank",
    title: response.statusText || "The request failed",
    status: response.status,
    detail: `the answer was ${response.status} ${response.statusText}`.trimEnd(),
    request_id: requestId,
  };
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) return foreign;
  try {
    return { ...foreign, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return foreign;
  }
}
