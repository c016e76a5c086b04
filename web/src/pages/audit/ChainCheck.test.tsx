import { readFileSync } from "node:fs";

import { screen, waitFor } from "@testing-library/react";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";

import type { AuditEvent } from "../../api/modules/audit";
import { initSync } from "../../api/rules";
import { open } from "../../test/render";
import { ben, mayAll } from "../../test/samples";
import { answers, refuses, says } from "../../test/server";
import { BrokenWorker, RulesWorker, SilentWorker } from "../../test/workers";

interface Golden {
  name: string;
  arguments: { export: string };
}

/** An export of the corpus that the server's rules are held to, too. */
function exported(name: string): string {
  const corpus = JSON.parse(readFileSync("../tests/golden/verifyAuditChain.json", "utf8")) as Golden[];
  const found = corpus.find((golden) => golden.name === name);
  if (!found) throw new TypeError(`the corpus has no export “${name}”`);
  return found.arguments.export;
}

beforeAll(() => initSync(readFileSync("../cicd-wasm/npm/dist/rules_bg.wasm")));
beforeEach(() => {
  vi.stubGlobal("Worker", RulesWorker);
  answers("/api/v1/session", ben);
  answers("/api/v1/me/approvals", { items: [], next: null });
  answers("/api/v1/audit-events", { items: [], next: null });
});

const VERIFY = "Verify this chain in the browser";

test("the badge is earned: it is there only once every hash was computed anew", async () => {
  says("/api/v1/audit-events/export", exported("whole"));
  const { user } = open("/audit");
  const button = await screen.findByRole("button", { name: VERIFY });
  expect(screen.queryByText("Verified in this browser")).toBeNull();
  await user.click(button);
  expect(await screen.findByText("Verified in this browser")).toBeVisible();
  expect(screen.getByText(/acme, ledger: 21 events up to 21/)).toBeVisible();
});

test.each(["bytes altered", "time altered", "an event missing", "two swapped"])("%s: no badge, and the place is named", async (name) => {
  says("/api/v1/audit-events/export", exported(name));
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText(/broken at event \d+/)).toBeVisible();
  expect(screen.queryByText("Verified in this browser")).toBeNull();
});

test("an export from a file is verified without the host", async () => {
  const text = exported("three chains in one file");
  // What jsdom's files lack.
  const file = Object.assign(new File([text], "audit.jsonl"), { text: () => Promise.resolve(text) });
  const { user } = open("/audit");
  await user.upload(await screen.findByLabelText(/an export from a file/), file);
  expect(await screen.findByText("Verified in this browser")).toBeVisible();
  expect(screen.getByText(/other, ledger: 3 events/)).toBeVisible();
});

/** The newest event as the host lists it, after those of the corpus. */
function newest(seq: number): AuditEvent {
  const hash = `sha256:${"00".repeat(32)}`;
  return {
    chain: "ledger", seq, at: "2026-11-20T10:00:00Z", previous: hash, hash, kind: "policy.changed",
    actor: { kind: "person", id: "ada" }, subject: { kind: "policy_floor", id: "production" }, data: {},
  } as AuditEvent;
}

test("the badge goes when the chain has grown, and comes when it is verified again", async () => {
  says("/api/v1/audit-events/export", exported("whole"));
  answers("/api/v1/audit-events", { items: [newest(23)], next: null });
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText("Verified up to event 21")).toBeVisible();
  expect(screen.getByText(/2 events have come since/)).toBeVisible();
  expect(screen.queryByText("Verified in this browser")).toBeNull();
});

test("a host that lists another event than it exported earns no badge", async () => {
  says("/api/v1/audit-events/export", exported("whole"));
  answers("/api/v1/audit-events", { items: [newest(21)], next: null });
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText(/shows another event 21/)).toBeVisible();
  expect(screen.queryByText("Verified in this browser")).toBeNull();
});

test("an export that was cut in the middle of a line earns nothing", async () => {
  const whole = exported("whole");
  says("/api/v1/audit-events/export", whole.slice(0, whole.length - 40));
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText(/Line \d+ can't be read/)).toBeVisible();
  expect(screen.queryByText("Verified in this browser")).toBeNull();
});

test("who may not read the trail finds the reason at the buttons", async () => {
  answers("/api/v1/me/permissions", { ...mayAll, actions: [{ action: "audit.read", allowed: false, reason: "none of the roles held here allows it" }] });
  open("/audit");
  expect(await screen.findByRole("button", { name: "Export" })).toBeDisabled();
  expect(screen.getByRole("button", { name: VERIFY })).toBeDisabled();
  expect(screen.getAllByText(/none of the roles held here/)).toHaveLength(2);
});

test("nothing to verify earns nothing", async () => {
  says("/api/v1/audit-events/export", "");
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText(/There is no event in it/)).toBeVisible();
  expect(screen.queryByText("Verified in this browser")).toBeNull();
});

test("who may not export is told so", async () => {
  refuses("get", "/api/v1/audit-events/export", 403, { request_id: "req-6" });
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText(/You may not see or do this/)).toBeVisible();
});

test("a verifier that doesn't start is told, and earns nothing", async () => {
  vi.stubGlobal("Worker", BrokenWorker);
  says("/api/v1/audit-events/export", exported("whole"));
  const { user } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  expect(await screen.findByText(/the browser did not start the verifier/)).toBeVisible();
  expect(screen.queryByText("Verified in this browser")).toBeNull();
});

test("who leaves the page ends the verification", async () => {
  vi.stubGlobal("Worker", SilentWorker);
  says("/api/v1/audit-events/export", exported("whole"));
  const { user, router } = open("/audit");
  await user.click(await screen.findByRole("button", { name: VERIFY }));
  await waitFor(() => expect(SilentWorker.running).toBe(1));
  await router.navigate("/approvals");
  await waitFor(() => expect(SilentWorker.running).toBe(0));
});
