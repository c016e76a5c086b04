import { myPermissions } from "../../api/modules/permissions";
import { type Deployment, type DeploymentSpecDraft, getDeployment, putDeployment } from "../../api/modules/services";
import { type EditorKind, stored, unlessAbsent, WAITING } from "./kinds";
import { PlaceForm } from "./PlaceForm";

/** What a deployment is: its tier, its executor and what that needs to know. */
export function placeKind({ id, spec }: Deployment): EditorKind {
  return {
    key: ["service", spec.service, "deployment", id],
    title: `What ${id} is`,
    absent: "It is not there",
    beginning: { service: spec.service, environment: spec.environment, tier: spec.tier, executor: spec.executor, target: {} },
    action: "deployment.put",
    history: { kind: "deployment.changed", deployment: id },
    permissions: () => myPermissions(id),
    load: () => unlessAbsent(getDeployment(id)),
    save: async (draft, version, dryRun) => stored(await putDeployment(id, draft as unknown as DeploymentSpecDraft, version, dryRun)),
    Form: PlaceForm,
    production: spec.tier === "production" ? spec.service : undefined,
    effect: `The next rollout to ${id} goes by this. ${WAITING}`,
  };
}
