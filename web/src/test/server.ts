import { delay, http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

import type { Problem } from "../api/problem";
import type { paths } from "../api/schema";

/** What `GET path` answers, by the API's document. */
type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

const ORIGIN = "http://localhost:3000";
/** A path of the document as the tests take it. */
export const pattern = (path: string) => `${ORIGIN}${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;

/** The host of the tests. A stream of events never tells anything unless a test says otherwise. */
export const server = setupServer(
  http.get(pattern("/api/v1/events"), async () => {
    await delay("infinite");
    return HttpResponse.text("");
  }),
);

/** Lets `GET path` answer `body`, which must be what the document says. */
export function answers<P extends keyof paths>(path: P, body: Answer<P>): void {
  server.use(http.get(pattern(path), () => HttpResponse.json(body as object)));
}

/** Lets `GET path` answer `text`, as logs are answered: piece by piece, from the byte that is asked for. */
export function says(path: keyof paths, text: string): void {
  const bytes = new TextEncoder().encode(text);
  server.use(
    http.get(pattern(path), ({ request }) => {
      const asked = new URL(request.url).searchParams;
      const offset = Number(asked.get("offset") ?? 0);
      return HttpResponse.arrayBuffer(bytes.slice(offset, offset + Number(asked.get("limit") ?? 65_536)).buffer, { headers: { "content-type": "text/plain" } });
    }),
  );
}

/** Lets a request be refused. */
export function refuses(method: "get" | "post" | "delete", path: keyof paths, status: number, more: Partial<Problem> = {}): void {
  const problem: Problem = { type: "/problems/test", title: "Refused", status, detail: "for a test", request_id: "req-1", ...more };
  server.use(http[method](pattern(path), () => HttpResponse.json(problem as object, { status, headers: { "content-type": "application/problem+json" } })));
}

/** Lets requests break off without an answer. */
export function isSilent(path: keyof paths): void {
  server.use(http.get(pattern(path), () => HttpResponse.error()));
}

/** What was sent. */
export interface Sent {
  body: unknown;
  headers: Headers;
  query: URLSearchParams;
}

/** Takes what is posted to `path` and answers `body`. */
export function takes(path: keyof paths, body: object, headers: Record<string, string> = {}): Sent[] {
  return takesBy("post", path, body, headers);
}

/** Takes what is sent to `path` by `method` and answers `body`. */
export function takesBy(method: "post" | "put" | "delete", path: keyof paths, body: object, headers: Record<string, string> = {}): Sent[] {
  const sent: Sent[] = [];
  server.use(
    http[method](pattern(path), async ({ request }) => {
      const text = await request.text();
      sent.push({ body: text ? JSON.parse(text) : undefined, headers: request.headers, query: new URL(request.url).searchParams });
      return HttpResponse.json(body, { headers });
    }),
  );
  return sent;
}
