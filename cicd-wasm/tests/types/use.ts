// How the package is used, for the compiler alone: what does not type as it says is an error here.
import init, {
  allowedCommands, explain, foldTimeline, previewRollout, triggerVerdict, validateApprovalPolicy, validateCdConfig, validateCiConfig,
  validateReleaseRequest, verifyAuditChain, type CiSpec, type Offer, type Permissions, type PlanStep, type ReleaseDetail, type RulesError,
  type StoredAuditEvent, type Validation,
} from "cicd-wasm";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;

await init();
await init(fetch("/rules.wasm"));

const ci = validateCiConfig({ anything: true }, { allowLocalRepositories: true });
const isExact: Same<typeof ci, Validation<CiSpec>> = true;
const isAny: IsAny<CiSpec["steps"][number]> = false;
if (ci.valid) {
  const verdict = triggerVerdict(ci.value, { trigger: "manual", git_ref: { type: "commit" } });
  const why: string = verdict.allowed ? "" : `${verdict.message} ${verdict.reason.code}`;
  console.log(why, isExact, isAny);
} else {
  const [first] = ci.violations;
  const place: string | undefined = first?.path;
  console.log(place);
  // @ts-expect-error What is not valid has no value.
  console.log(ci.value);
}
// @ts-expect-error An option that is none.
validateCdConfig({}, { minimumVote: 1 });
validateCdConfig({}, { minimumVotes: 1 });
validateApprovalPolicy(null, {});

const draft = validateReleaseRequest(undefined);
if (draft.valid) {
  const artifact: { ci_run: string } | { external: { digest: string; name: string; location: string } } = draft.value.artifact;
  console.log(artifact);
}

const preview = previewRollout({ type: "rolling" });
if (preview.valid) {
  for (const { step, earliest_seconds } of preview.value.steps) {
    const at: number | null = earliest_seconds;
    console.log(at, name(step));
  }
}
function name(step: PlanStep): string {
  if (step === "apply" || step === "promote") return step;
  if ("set-weight" in step) return `${step["set-weight"].weight} %`;
  if ("pause" in step) return step.pause === "manual" ? "manual" : `${step.pause.seconds} s`;
  return step.analyse.name;
}

export function page(release: ReleaseDetail, caller: Permissions, events: StoredAuditEvent[]): Offer[] {
  const told: string[] = foldTimeline(events).map((entry) => entry.summary);
  const gates: boolean = explain(release).gates.every((gate) => gate.open);
  const report = verifyAuditChain("", { kept: [{ tenant: "acme", chain: "ledger", seq: 1, hash: "sha256:…" }] });
  const where: number | undefined = report.chains[0]?.error?.seq ?? report.damaged?.line;
  console.log(told, gates, where);
  const offers = allowedCommands(release, caller, { now: "", deployment_revision: 1, cd_config_revision: null });
  return offers.filter((offer) => (offer.allowed ? offer.command !== "abort" : offer.code === "denied" && offer.reason !== ""));
}
export const isRulesError = (error: unknown): error is RulesError => error instanceof Error && error.name === "RulesError";
