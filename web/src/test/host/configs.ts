import { validateCdConfig, validateCiConfig, type Validation } from "cicd-wasm";
import type { HttpHandler } from "msw";

import type { Schema } from "../../api/client";
import { type Asked, demandVersion, expected, on, type Outcome } from "./edge";
import type { Happened, Host } from "./host";
import { demand, invalid, notFound } from "./refusal";
import { AT } from "./state";

/** The configs: their versions are the host's, what is wrong with a draft is what the rules say. */
export function configHandlers(host: Host): HttpHandler[] {
  const CI = "/api/v1/services/{service}/ci-config";
  const CD = "/api/v1/deployments/{deployment}/cd-config";
  return [
    on(host, "get", CI, ({ params }) => shown(host.state.ciConfigs.find(({ service }) => service === params["service"]))),
    on(host, "put", CI, (asked) => putCi(host, asked)),
    on(host, "get", CD, ({ params }) => shown(host.state.cdConfigs.find(({ deployment }) => deployment === params["deployment"]))),
    on(host, "put", CD, (asked) => putCd(host, asked)),
  ];
}

interface Revised<S> {
  revision: number;
  row_version: number;
  updated_at: string;
  updated_by: string;
  spec: S;
}

function shown<C extends { row_version: number }>(config: C | undefined): Outcome<C> {
  if (!config) throw notFound("config");
  return { body: config, version: config.row_version };
}

function putCi(host: Host, asked: Asked): Outcome<Schema["CiConfig"]> {
  const { ciConfigs, permissions } = host.state;
  const service = asked.params["service"] ?? "";
  const index = ciConfigs.findIndex((config) => config.service === service);
  const before = ciConfigs[index];
  const meant = expected(asked);
  demand(permissions, "ci_config.put");
  const next = { service, ...revised(host, meant, before, validateCiConfig(asked.body)) };
  return put(host, ciConfigs, index, next, { kind: "ci_config.changed", subject: { kind: "ci_config", id: service, service }, data: changed(before, next) });
}

function putCd(host: Host, asked: Asked): Outcome<Schema["CdConfig"]> {
  const { cdConfigs, deployments, permissions, minimumVotes } = host.state;
  const deployment = asked.params["deployment"] ?? "";
  const place = deployments.find(({ id }) => id === deployment);
  if (!place) throw notFound("deployment");
  const index = cdConfigs.findIndex((config) => config.deployment === deployment);
  const before = cdConfigs[index];
  const meant = expected(asked);
  demand(permissions, "cd_config.put");
  const floor = place.spec.tier === "production" ? { minimumVotes } : {};
  const next = { deployment, ...revised(host, meant, before, validateCdConfig(asked.body, { capabilities: place.capabilities, ...floor })) };
  const subject = { kind: "cd_config" as const, id: deployment, service: place.spec.service, deployment };
  return put(host, cdConfigs, index, next, { kind: "cd_config.changed", subject, data: changed(before, next) });
}

/** The next revision, or every violation that the rules find. */
function revised<S>(host: Host, meant: number, before: Revised<S> | undefined, validation: Validation<S>): Revised<S> {
  if (!validation.valid) throw invalid(validation.violations);
  demandVersion(meant, before?.row_version);
  const { revision, row_version } = before ?? { revision: 0, row_version: 0 };
  return { revision: revision + 1, row_version: row_version + 1, updated_at: AT, updated_by: host.state.session.principal, spec: validation.value };
}

function put<C extends { row_version: number }>(host: Host, kept: C[], index: number, next: C, happened: Happened): Outcome<C> {
  const isNew = index < 0;
  const keep = () => {
    kept.splice(isNew ? kept.length : index, 1, next);
    host.record(happened);
  };
  return { body: next, status: isNew ? 201 : 200, version: next.row_version, keep };
}

const changed = <S>(before: { spec: S } | undefined, next: { spec: S }) => ({ before: before?.spec ?? null, after: next.spec });
