import type { components } from "./api.d.ts";

type Schemas = components["schemas"];

/** Which votes a release needs before it may start. */
export type ApprovalPolicy = Schemas["ApprovalPolicy"];
/** Why an occurrence starts no run. */
export type BlockReason = Schemas["BlockReason"];
/** What a deployment's executor can carry out. */
export type Capabilities = Schemas["Capabilities"];
/** How releases reach a deployment. */
export type CdSpec = Schemas["CdSpec"];
/** How a service is built. */
export type CiSpec = Schemas["CiSpec"];
/** How a service is to be built, with what may be left out. */
export type CiSpecDraft = Schemas["CiSpecDraft"];
/** Why a release does not start, or that it may. */
export type Explanation = Schemas["Explanation"];
/** An interval in which no deploy starts. */
export type Freeze = Schemas["Freeze"];
/** How a commit was named. */
export type GitRef = Schemas["GitRef"];
/** Why nothing starts on a deployment. */
export type Hold = Schemas["Hold"];
/** A deployment that its owner keeps as it is. */
export type Lock = Schemas["Lock"];
/** What a principal may do, as `GET /me/permissions?deployment=…` answers. */
export type Permissions = Schemas["Permissions"];
/** A release, as lists and commands answer it. */
export type Release = Schemas["Release"];
/** A release, as `GET /releases/{id}` answers it. */
export type ReleaseDetail = Schemas["ReleaseDetail"];
/** A release as a caller asks for it. */
export type ReleaseDraft = Schemas["ReleaseDraft"];
/** An event, as `GET /audit-events` lists it. */
export type StoredAuditEvent = Schemas["StoredAuditEvent"];
/** How a new version takes the place of the old one. */
export type Strategy = Schemas["Strategy"];
/** One line of a timeline. */
export type TimelineEntry = Schemas["TimelineEntry"];
/** Who started a run. */
export type TriggerType = Schemas["TriggerType"];
/** One thing that is wrong with a draft: where (a JSON Pointer), what (a code), and a sentence for people. */
export type Violation = Schemas["Violation"];

/** Where the compiled rules come from. */
export type InitSource = URL | string | Request | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the rules; once, however often it is called. Without a source they come from beside this script.
 * Every other function is synchronous and needs the rules to be loaded.
 */
export default function init(source?: InitSource | Promise<InitSource>): Promise<void>;

/** Loads the rules from their bytes. */
export function initSync(module: BufferSource | WebAssembly.Module): void;

/** Why a function gives no answer: its arguments are not what it takes, or the rules are not loaded. */
export class RulesError extends Error {
  name: "RulesError";
}

/** A draft with its defaults, or all that is wrong with it. */
export type Validation<T> = { valid: true; value: T } | { valid: false; violations: Violation[] };

/** What is wrong with a draft of a CI config. */
export function validateCiConfig(
  draft: unknown,
  options?: {
    /** Whether the host takes repositories by path; by default it does not. */
    allowLocalRepositories?: boolean | undefined;
  },
): Validation<CiSpec>;

/** What is wrong with a draft of a CD config. */
export function validateCdConfig(
  draft: unknown,
  options?: {
    /** What the deployment's executor can do; by default everything. */
    capabilities?: Capabilities | undefined;
    /** The fewest votes that the floor of the deployment's tier allows; by default none. */
    minimumVotes?: number | undefined;
  },
): Validation<CdSpec>;

/** What is wrong with an approval policy. */
export function validateApprovalPolicy(
  draft: unknown,
  options?: {
    /** The fewest votes that the floor of the tier allows; by default none. */
    minimumVotes?: number | undefined;
  },
): Validation<ApprovalPolicy>;

/** What is wrong with a request for a release. */
export function validateReleaseRequest(draft: unknown): Validation<ReleaseDraft>;

/** A step of a rollout. */
export type PlanStep =
  | "apply"
  | { "set-weight": { weight: number } }
  | { pause: "manual" | { seconds: number } }
  | { analyse: { name: string } }
  | "promote";

/** A step of a rollout and when it begins at the earliest. */
export interface PreviewStep {
  step: PlanStep;
  /** Seconds after the start; `null` after a pause that lasts until somebody resumes. */
  earliest_seconds: number | null;
}

/** A strategy with its defaults, and what it does when. */
export interface Preview {
  strategy: Strategy;
  steps: PreviewStep[];
}

/** The steps of a rollout on a time axis, as if applying, shifting and judging took no time. */
export function previewRollout(
  strategy: unknown,
  options?: {
    /** What the deployment's executor can do; by default everything. */
    capabilities?: Capabilities | undefined;
  },
): Validation<Preview>;

/** Something that would start a run. */
export interface Occurrence {
  trigger: TriggerType;
  git_ref: GitRef;
  /** The paths that changed; `null` where nobody could tell. */
  changed_paths?: string[] | null | undefined;
}

/** Whether a run may start, and why not. */
export type TriggerVerdict = { allowed: true } | { allowed: false; reason: BlockReason; message: string };

/** Whether an occurrence may start a run of a service. */
export function triggerVerdict(spec: CiSpec | CiSpecDraft, occurrence: Occurrence): TriggerVerdict;

/** What may be in a release's way. All that is left out is taken as not there. */
export interface Facts {
  /** The time at which it is asked. */
  now: string;
  /** The current revision of the deployment. */
  deployment_revision: number;
  /** The current revision of the CD config; `null` when there is none. */
  cd_config_revision: number | null;
  /** The fewest votes that the floor of the deployment's tier allows. */
  minimum_votes?: number | undefined;
  freezes?: Freeze[] | undefined;
  locks?: Lock[] | undefined;
  hold?: Hold | null | undefined;
  /** The release that executes on the deployment. */
  executing?: string | null | undefined;
  /** The release that was approved earlier and waits for the deployment. */
  ahead?: string | null | undefined;
  /** Where the release is a rollback: a release that started since. */
  overtaken_by?: string | null | undefined;
  /** The roles that each voter holds on the deployment. */
  roles?: Record<string, string[]> | undefined;
}

/** What a caller may ask of a release. */
export type OfferName = "approve" | "reject" | "cancel" | "pause" | "resume" | "promote" | "abort" | "retry" | "rollback";

/** Whether a caller may do one thing with a release, and why not. */
export type Offer =
  | { command: OfferName; allowed: true }
  | {
      command: OfferName;
      allowed: false;
      /** `denied` where the right is missing, else the code of the problem that the API would answer. */
      code: string;
      reason: string;
    };

/** What a caller may do with a release. Without facts nothing else is in its way. */
export function allowedCommands(release: Release | ReleaseDetail, caller: Permissions, facts?: Facts): Offer[];

/** Why a release does not start, and who or what can change that. Without facts nothing else is in its way. */
export function explain(release: Release | ReleaseDetail, facts?: Facts): Explanation;

/** The timeline that events make, of a list or of an export (JSON Lines). */
export function foldTimeline(events: readonly StoredAuditEvent[] | string): TimelineEntry[];

/** The hash of an event that was kept elsewhere. */
export interface Kept {
  tenant: string;
  chain: "ledger" | "security";
  seq: number;
  hash: string;
}

/** What came of verifying one chain. */
export interface ChainReport {
  tenant: string;
  chain: "ledger" | "security";
  /** The event after which the export begins; zero for the whole chain. */
  after: number;
  /** How many events verified. */
  verified: number;
  /** The last event that verified: keep it elsewhere. */
  head: { seq: number; hash: string; at: string };
  /** What is wrong with what comes next. */
  error: { kind: string; seq: number; message: string } | null;
}

/** What came of verifying an export. */
export interface Verification {
  /** Whether there is a chain, and nothing is wrong with any, or with the file. */
  sound: boolean;
  chains: ChainReport[];
  /** Where the file stops being an export. */
  damaged?: { line: number; message: string };
}

/**
 * Whether an export (JSON Lines) is whole and unaltered: every hash is computed anew. Without a hash that was kept elsewhere
 * nobody can tell whether its end is missing, or whether all of it was made anew.
 */
export function verifyAuditChain(exported: string, options?: { kept?: readonly Kept[] | undefined }): Verification;
