import { http, HttpResponse, type HttpHandler } from "msw";

import { etag } from "../../api/condition";
import type { paths } from "../../api/schema";
import { pattern } from "../server";
import type { Host } from "./host";
import { Refused } from "./refusal";

type Method = "get" | "post" | "put" | "delete";
/** What `M P` answers when it succeeds, by the API's document. */
type Success<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer R }
  ? R extends { 200: { content: { "application/json": infer B } } } | { 201: { content: { "application/json": infer B } } } ? B : undefined
  : never;

/** A request as the host read it. */
export interface Asked {
  method: Method;
  /** The path below `/api/v1`. */
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
  isDry: boolean;
}

/** What comes of a request: what is answered, and what is kept unless the request is a dry run. */
export interface Outcome<T> {
  body: T;
  status?: 200 | 201 | 204;
  /** The version of the row that is answered. */
  version?: number;
  keep?: () => void;
}

interface Answered {
  fingerprint: string;
  text: string | null;
  init: { status: number; headers: Record<string, string> };
}

/** Lets `handle` answer `method path`, by the rules of the edge: versions, keys, consistency, problems. */
export function on<P extends keyof paths, M extends Method>(host: Host, method: M, path: P, handle: (asked: Asked) => Outcome<Success<P, M>>): HttpHandler {
  return http[method](pattern(path), async ({ request, params }) => {
    const asked = await read(method, request, params);
    host.asked.push(asked);
    try {
      const answered = method === "post" && !asked.isDry ? once(host, asked, () => answer(host, asked, handle(asked))) : answer(host, asked, handle(asked));
      return new HttpResponse(answered.text, answered.init);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const problem = { ...error.problem, request_id: REQUEST };
      return new HttpResponse(JSON.stringify(problem), { status: problem.status, headers: { "content-type": "application/problem+json", "x-request-id": REQUEST } });
    }
  });
}

const REQUEST = "req-host";

async function read(method: Method, request: Request, params: Record<string, string | readonly string[] | undefined>): Promise<Asked> {
  const url = new URL(request.url);
  const text = await request.text();
  return {
    method, path: url.pathname.replace("/api/v1", ""), query: url.searchParams, headers: request.headers, isDry: url.searchParams.get("dry_run") === "true",
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
    body: text === "" ? undefined : JSON.parse(text),
  };
}

function answer(host: Host, asked: Asked, { body, status = 200, version, keep }: Outcome<unknown>): Answered {
  if (!asked.isDry) keep?.();
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": REQUEST };
  if (version !== undefined) headers["etag"] = etag(version);
  if (asked.method !== "get") headers["x-consistency"] = String(host.seq);
  return { fingerprint: fingerprintOf(asked), text: body === undefined ? null : JSON.stringify(body), init: { status, headers } };
}

const fingerprintOf = ({ method, path, body }: Asked) => `${method} ${path} ${JSON.stringify(body)}`;

/** What was done under the request's key before is answered again, and not done again. */
function once(host: Host, asked: Asked, run: () => Answered): Answered {
  const key = asked.headers.get("idempotency-key");
  if (key === null) return run();
  const before = host.outcomes.get(key);
  if (!before) {
    const answered = run();
    host.outcomes.set(key, answered);
    return answered;
  }
  if (before.fingerprint !== fingerprintOf(asked)) {
    throw new Refused({ type: "/problems/idempotency-key-reused", status: 422, title: "The idempotency key was used before", detail: `the key \`${key}\` was used for another request` });
  }
  return { ...before, init: { ...before.init, headers: { ...before.init.headers, "idempotency-replayed": "true" } } };
}

/** What was answered under each key. */
export type Outcomes = Map<string, Answered>;

/** The version that a change is meant for: zero for a row that must not be there. */
export function expected({ headers }: Asked): number {
  const present = headers.get("if-match");
  if (present !== null) return Number(present.replaceAll('"', ""));
  if (headers.get("if-none-match") === "*") return 0;
  throw new Refused({ type: "/problems/precondition-required", status: 428, title: "The request names no version", detail: "the request names no version" });
}

/** Refuses a change that is meant for another version than there is. */
export function demandVersion(meant: number, current: number | undefined): void {
  if (meant === (current ?? 0)) return;
  throw new Refused({ type: "/problems/precondition-failed", status: 412, title: "It has another version", detail: `it has version ${current ?? 0}, not ${meant}` });
}
