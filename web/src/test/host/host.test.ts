import { readFileSync } from "node:fs";

import type { Facts, Offer, Permissions, ReleaseDetail, Violation } from "cicd-wasm";
import { describe, expect, test } from "vitest";

import type { Problem } from "../../api/problem";
import { ben, ID, production, waiting } from "../samples";
import { type Host, startHost } from "./host";
import { ciConfig, may } from "./state";

/** A case of the corpus that server, module and package hold themselves to. */
interface Golden<A, T> {
  name: string;
  arguments: A;
  answer: { answer: T } | { problem: string };
}

function golden<A, T>(name: string): (Golden<A, T> & { answer: { answer: T } })[] {
  const cases: Golden<A, T>[] = JSON.parse(readFileSync(`../tests/golden/${name}.json`, "utf8"));
  return cases.filter((item): item is Golden<A, T> & { answer: { answer: T } } => "answer" in item.answer);
}

interface Draft {
  draft?: unknown;
  capabilities?: typeof production.capabilities;
  minimum_votes?: number;
  allow_local_repositories?: boolean;
}

type Verdict = { valid: true; value: unknown } | { valid: false; violations: Violation[] };

function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://localhost:3000/api/v1${path}`, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body ?? null) });
}

/** What is wrong and where. */
const places = (violations: Violation[] = []) => violations.map(({ code, path }) => ({ code, path }));

async function isSaid(answered: Response, verdict: Verdict): Promise<void> {
  const body: Problem & { spec?: unknown } = await answered.json();
  if (verdict.valid) expect(body.spec).toEqual(verdict.value);
  else expect([answered.status, body.type, places(body.violations)]).toEqual([422, "/problems/invalid", places(verdict.violations)]);
}

const FIRST = { "if-none-match": "*" };

describe("the host says what the golden corpus says", () => {
  test.each(golden<Draft, Verdict>("validateCdConfig"))("of a CD config: $name", async ({ arguments: given, answer }) => {
    const place = { ...production, ...(given.capabilities && { capabilities: given.capabilities }) };
    startHost({ cdConfigs: [], deployments: [place], minimumVotes: given.minimum_votes ?? 0 });
    await isSaid(await send("PUT", `/deployments/${production.id}/cd-config?dry_run=true`, given.draft, FIRST), answer.answer);
  });

  test.each(golden<Draft, Verdict>("validateCiConfig").filter((item) => !item.arguments.allow_local_repositories))("of a CI config: $name", async ({ arguments: given, answer }) => {
    startHost({ ciConfigs: [] });
    await isSaid(await send("PUT", "/services/lighthouse/ci-config?dry_run=true", given.draft, FIRST), answer.answer);
  });

  const refused = golden<Draft, Verdict>("validateReleaseRequest").filter(({ answer }) => !answer.answer.valid);
  test.each(refused)("of a request for a release: $name", async ({ arguments: given, answer }) => {
    startHost();
    await isSaid(await send("POST", "/releases?dry_run=true", given.draft), answer.answer);
  });

  interface Asked {
    release: ReleaseDetail;
    permissions: Permissions;
    facts?: Facts;
  }

  test.each(golden<Asked, Offer[]>("allowedCommands"))("of commands: $name", async ({ arguments: { release, permissions, facts }, answer }) => {
    const { id } = release;
    const caller = { permissions, session: { ...ben, principal: permissions.principal } };
    startHost({ ...caller, releases: [release], candidates: { [id]: release.rollback_candidates ?? [ID] }, ...(facts && { facts: { [id]: facts } }) });
    for (const offer of answer.answer) {
      const answered = await send("POST", `/releases/${id}/${offer.command}?dry_run=true`, { content: release.content_digest, comment: "-", reason: "-" });
      const body: Problem = await answered.json();
      const code = offer.allowed ? undefined : offer.code.replaceAll("_", "-").replace("not-retryable", "invalid");
      expect([offer.command, answered.ok, body.type]).toEqual([offer.command, offer.allowed, code && `/problems/${code}`]);
    }
  });
});

/** Puts another CI config than there is. */
function put(headers: Record<string, string>, dry = false): Promise<Response> {
  return send("PUT", `/services/lighthouse/ci-config?dry_run=${dry}`, { ...ciConfig.spec, executor: "other" }, headers);
}

describe("versions", () => {
  test("a change names the version that it is meant for", async () => {
    startHost();
    expect((await put({})).status).toBe(428);
    expect((await put(FIRST)).status).toBe(412);
    expect((await put({ "if-match": '"6"' })).status).toBe(412);
    const saved = await put({ "if-match": '"7"' });
    expect([saved.status, saved.headers.get("etag"), saved.headers.get("x-consistency")]).toEqual([200, '"8"', "1"]);
    expect((await put({ "if-match": '"7"' })).status).toBe(412);
  });

  test("a dry run leaves nothing behind", async () => {
    const host = startHost();
    expect((await put({ "if-match": '"7"' }, true)).status).toBe(200);
    expect([host.seq, host.state.ciConfigs[0]?.row_version]).toEqual([0, 7]);
  });
});

/** Lets `person` approve the release that waits. */
function approve(host: Host, person: string, key: string): Promise<Response> {
  host.state.session.principal = person;
  host.state.permissions.principal = person;
  return send("POST", `/releases/${ID}/approve`, { content: waiting.content_digest }, { "idempotency-key": key });
}

describe("votes", () => {
  test("the last one that the rules ask for approves; after it the state takes none", async () => {
    const host = startHost({ permissions: may(["approver"]) });
    expect(await (await approve(host, "ben", "k-1")).json()).toMatchObject({ state: { status: "approved" }, votes: [{ person: "cleo" }, { person: "ben" }] });
    const late = await approve(host, "dora", "k-2");
    expect([late.status, await late.json()]).toMatchObject([409, { type: "/problems/not-possible", current_state: "approved", allowed_commands: ["cancel"] }]);
    const told = await (await fetch("http://localhost:3000/api/v1/services/lighthouse/timeline")).json();
    expect(told.items.map(({ summary }: { summary: string }) => summary)).toEqual(["approved by 2 persons", "ben approved as approver"]);
  });

  test("the same key again is the same vote; for something else it is refused", async () => {
    const host = startHost();
    const first = await approve(host, "ben", "k-1");
    const again = await approve(host, "ben", "k-1");
    expect([again.status, again.headers.get("idempotency-replayed"), host.seq]).toEqual([200, "true", 2]);
    expect(await again.text()).toBe(await first.text());
    const other = await send("POST", `/releases/${ID}/cancel`, {}, { "idempotency-key": "k-1" });
    expect([other.status, await other.json()]).toMatchObject([422, { type: "/problems/idempotency-key-reused" }]);
  });
});
