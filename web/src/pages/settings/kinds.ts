import type { ComponentType } from "react";

import type { AuditFilter } from "../../api/modules/audit";
import { type CdSpecDraft, deleteCdConfig, getCdConfig, putCdConfig } from "../../api/modules/cdConfig";
import { type CiSpecDraft, deleteCiConfig, getCiConfig, putCiConfig } from "../../api/modules/ciConfig";
import type { Action, Permissions } from "../../api/modules/permissions";
import { myPermissions, myPermissionsFor } from "../../api/modules/permissions";
import type { Deployment } from "../../api/modules/services";
import { ProblemError } from "../../api/problem";
import { validateCdConfig, validateCiConfig, type Validation } from "../../api/rules";
import { CdForm } from "./CdForm";
import { CiForm } from "./CiForm";
import type { Json } from "./json";

/** What is edited, as it is stored. */
export interface Stored {
  spec: Json;
  row_version: number;
  /** Not everything has revisions. */
  revision?: number;
  updated_at: string;
  updated_by: string;
}

/** What a form needs to know of what is drafted in it. */
export interface DraftKind {
  /** Where its queries are kept: below the service, whose events make it old. */
  key: string[];
  title: string;
  beginning: Json;
  action: Action;
  permissions: () => Promise<Permissions>;
  /** The draft may be anything: the host judges it. */
  save: (draft: Json, version: number | undefined, dryRun: boolean) => Promise<Stored>;
  /** The server's own rules in this page; left out where only the host can judge. */
  rules?: (draft: Json) => Validation<unknown>;
  Form: ComponentType;
}

/** What the editor needs to know of what it edits. */
export interface EditorKind extends DraftKind {
  /** Said where there is none yet. */
  absent: string;
  history: AuditFilter;
  /** Nothing where there is none yet. */
  load: () => Promise<Stored | null>;
  /** The service, where it is about production: its name is typed before anything changes there. */
  production?: string | undefined;
  /** What saving it means, where it is asked before; said in production. */
  effect?: string;
  remove?: Removal;
}

/** How it is deleted. */
export interface Removal {
  /** What the button says. */
  title: string;
  /** What it means. */
  effect: string;
  run: (version: number) => Promise<void>;
}

/** What a newer revision means for what was asked for under the one before. */
export const WAITING = "Releases that wait are cancelled, unless the config that they were asked for with lets them go on.";

export function ciKind(service: string): EditorKind {
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
    remove: {
      title: "Delete the CI config",
      effect: `Nothing of ${service} can be built until somebody writes another one. Runs that began go on, and its revisions stay.`,
      run: (version) => deleteCiConfig(service, version),
    },
  };
}

export function cdKind({ id, spec, capabilities }: Deployment): EditorKind {
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
    production: spec.tier === "production" ? spec.service : undefined,
    effect: `Releases to ${id} follow this from now on. ${WAITING}`,
    remove: {
      title: "Delete the CD config",
      effect: `Nothing can be released to ${id} until somebody writes another one. ${WAITING} Its revisions stay.`,
      run: (version) => deleteCdConfig(id, version),
    },
  };
}

/** Takes what the editor needs of an answer. */
export function stored({ spec, row_version, revision, updated_at, updated_by }: Omit<Stored, "spec"> & { spec: object }): Stored {
  return { spec: spec as Json, row_version, updated_at, updated_by, ...(revision !== undefined && { revision }) };
}

/** Nothing where the host has none. */
export async function unlessAbsent(reading: Promise<Omit<Stored, "spec"> & { spec: object }>): Promise<Stored | null> {
  try {
    return stored(await reading);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}
