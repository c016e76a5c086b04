import type { ComponentType } from "react";

import type { AuditFilter } from "../../api/modules/audit";
import { type CdSpecDraft, getCdConfig, putCdConfig } from "../../api/modules/cdConfig";
import { type CiSpecDraft, getCiConfig, putCiConfig } from "../../api/modules/ciConfig";
import type { Action, Permissions } from "../../api/modules/permissions";
import { myPermissions, myPermissionsFor } from "../../api/modules/permissions";
import type { Deployment } from "../../api/modules/services";
import { ProblemError } from "../../api/problem";
import { validateCdConfig, validateCiConfig, type Validation } from "../../api/rules";
import { CdForm } from "./CdForm";
import { CiForm } from "./CiForm";
import type { Json } from "./json";

/** A config as it is stored. */
export interface Stored {
  spec: Json;
  row_version: number;
  revision: number;
  updated_at: string;
  updated_by: string;
}

/** What the editor needs to know of a kind of config. */
export interface ConfigKind {
  /** Where its queries are kept: below the service, whose events make it old. */
  key: string[];
  title: string;
  /** Said where there is none yet. */
  absent: string;
  beginning: Json;
  action: Action;
  history: AuditFilter;
  permissions: () => Promise<Permissions>;
  /** Nothing where there is none yet. */
  load: () => Promise<Stored | null>;
  /** The draft may be anything: the host judges it. */
  save: (draft: Json, version: number | undefined, dryRun: boolean) => Promise<Stored>;
  rules: (draft: Json) => Validation<unknown>;
  Form: ComponentType;
}

export function ciKind(service: string): ConfigKind {
  return {
    key: ["service", service, "ci-config"],
    title: "How it is built",
    absent: "Nobody said yet how it is built",
    beginning: { repository: "", trigger_mode: "both", branches: ["main"], steps: [{ name: "build", argv: ["make"] }], artifact: { name: service, path: `dist/${service}` }, executor: "command" },
    action: "ci_config.put",
    history: { kind: "ci_config", service },
    permissions: () => myPermissionsFor(service),
    load: () => unlessAbsent(getCiConfig(service)),
    save: async (draft, version, dryRun) => stored(await putCiConfig(service, draft as unknown as CiSpecDraft, version, dryRun)),
    // Whether the host takes a repository by its path only the host knows: it says so when it is asked.
    rules: (draft) => validateCiConfig(draft, { allowLocalRepositories: true }),
    Form: CiForm,
  };
}

export function cdKind({ id, spec, capabilities }: Deployment): ConfigKind {
  return {
    key: ["service", spec.service, "cd-config", id],
    title: `How releases reach ${spec.environment}`,
    absent: "Nobody said yet how releases get here",
    beginning: { strategy: { type: "rolling" }, approval: { requirements: [{ role: "approver", count: 1 }] }, queue: "supersede", when_stale: "cancel" },
    action: "cd_config.put",
    history: { kind: "cd_config", deployment: id },
    permissions: () => myPermissions(id),
    load: () => unlessAbsent(getCdConfig(id)),
    save: async (draft, version, dryRun) => stored(await putCdConfig(id, draft as unknown as CdSpecDraft, version, dryRun)),
    rules: (draft) => validateCdConfig(draft, { capabilities }),
    Form: CdForm,
  };
}

interface Config {
  spec: object;
  row_version: number;
  revision: number;
  updated_at: string;
  updated_by: string;
}

function stored({ spec, row_version, revision, updated_at, updated_by }: Config): Stored {
  return { spec: spec as Json, row_version, revision, updated_at, updated_by };
}

async function unlessAbsent(reading: Promise<Config>): Promise<Stored | null> {
  try {
    return stored(await reading);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}
