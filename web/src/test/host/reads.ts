import { foldTimeline } from "cicd-wasm";
import { http, HttpResponse, type HttpHandler } from "msw";

import { pattern } from "../server";
import { on } from "./edge";
import type { Host } from "./host";
import { notFound } from "./refusal";

/** What is only read. */
export function readHandlers(host: Host): HttpHandler[] {
  const { state } = host;
  return [
    on(host, "get", "/api/v1/session", () => ({ body: state.session })),
    on(host, "get", "/api/v1/me/permissions", () => ({ body: state.permissions })),
    on(host, "get", "/api/v1/services", () => ({ body: { items: state.services, next: null } })),
    on(host, "get", "/api/v1/services/{service}", ({ params }) => ({ body: one(state.services, params["service"]) })),
    on(host, "get", "/api/v1/services/{service}/ci-runs", () => ({ body: { items: state.runs, next: null } })),
    on(host, "get", "/api/v1/services/{service}/timeline", ({ params }) => ({ body: { items: timelineOf(host, params["service"]), next: null } })),
    on(host, "get", "/api/v1/deployments", () => ({ body: { items: state.deployments, next: null } })),
    on(host, "get", "/api/v1/overview", () => ({ body: { items: state.glances, next: null } })),
    on(host, "get", "/api/v1/audit-events", ({ query }) => ({ body: { items: eventsOf(host, query), next: null } })),
    http.get(pattern("/api/v1/releases/{id}/log"), () => HttpResponse.text("step 1\nstep 2\n")),
  ];
}

function one<T extends { id: string }>(kept: T[], id: string | undefined): T {
  const found = kept.find((item) => item.id === id);
  if (!found) throw notFound(`\`${id}\``);
  return found;
}

/** The newest first, in the rules' own sentences. */
function timelineOf(host: Host, service: string | undefined) {
  return foldTimeline(host.state.events.filter(({ subject }) => subject.service === service)).toReversed();
}

function eventsOf({ state }: Host, query: URLSearchParams) {
  const kind = query.get("kind");
  return state.events.filter((event) => kind === null || event.kind.startsWith(`${kind}.`)).toReversed();
}
