import { readFileSync } from "node:fs";

import { initSync } from "../../api/rules";
import type { AuditEvent } from "../../api/modules/audit";
import { server } from "../server";
import { configHandlers } from "./configs";
import type { Asked, Outcomes } from "./edge";
import { readHandlers } from "./reads";
import { releaseHandlers } from "./releases";
import { AT, type State, stateOf } from "./state";

const HASH = `sha256:${"00".repeat(32)}`;

/** What happened, before the ledger stamps it. */
export type Happened = Pick<AuditEvent, "kind" | "subject" | "data">;

/** A host in the tests: it keeps state, and what may be done with it the rules decide, as on the server. */
export class Host {
  /** Every request, in order. */
  readonly asked: Asked[] = [];
  readonly outcomes: Outcomes = new Map();
  private made = 0;

  constructor(readonly state: State) {}

  /** The sequence of the last event. */
  get seq(): number {
    return this.state.events.length;
  }

  /** Appends to the ledger. Its hashes are no chain: what verifies chains is tested with chains that are. */
  record(happened: Happened): void {
    const { principal: id } = this.state.session;
    this.state.events.push({ chain: "ledger", seq: this.seq + 1, at: AT, previous: HASH, hash: HASH, actor: { kind: "person", id }, ...happened });
  }

  /** An id that nothing else has. */
  nextId(): string {
    this.made += 1;
    return `01890000-0000-7000-9000-${String(this.made).padStart(12, "0")}`;
  }

  /** The requests that were meant to change something, without those that only tried. */
  writes(path?: string): Asked[] {
    return this.asked.filter((asked) => asked.method !== "get" && !asked.isDry && (path === undefined || asked.path === path));
  }

  /** The release with this id as it stands. */
  release(id: string): State["releases"][number] | undefined {
    return this.state.releases.find((release) => release.id === id);
  }
}

/** Starts a host for this test. */
export function startHost(more: Partial<State> = {}): Host {
  initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm"));
  const host = new Host(structuredClone(stateOf(more)));
  server.use(...configHandlers(host), ...releaseHandlers(host), ...readHandlers(host));
  return host;
}
