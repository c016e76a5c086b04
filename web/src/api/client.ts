import createClient, { type Middleware } from "openapi-fetch";

import { apiUrl } from "./base";
import { minimum, noteWrite } from "./consistency";
import { OfflineError, ProblemError, problemOf } from "./problem";
import type { components, paths } from "./schema";

/** The shapes of the API, by their names in its document. */
export type Schema = components["schemas"];

/** One page of a list, and what asks for the next. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

const edge: Middleware = {
  onRequest({ request }) {
    const seen = minimum();
    if (request.method === "GET" && seen) request.headers.set("x-consistency", seen);
    // A fallback for calls that nobody repeats: those that somebody may repeat bring a key of their own.
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", crypto.randomUUID());
    }
    return request;
  },
  async onResponse({ response }) {
    noteWrite(response.headers);
    if (!response.ok) throw new ProblemError(await problemOf(response));
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === "AbortError" ? error : new OfflineError(error);
  },
};

function make() {
  const made = createClient<paths>({
    baseUrl: apiUrl(),
    // Looked up at each call, so that a test may put another in its place.
    fetch: (request) => globalThis.fetch(request),
  });
  made.use(edge);
  return made;
}

let client: ReturnType<typeof make> | undefined;

/** The typed client; every refusal is thrown as a `ProblemError`, silence as an `OfflineError`. */
export function api(): ReturnType<typeof make> {
  client ??= make();
  return client;
}

/** The body of an answer that succeeded. */
export async function body<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await call;
  if (data === undefined) throw new TypeError(`${response.url} answered without a body`);
  return data;
}
