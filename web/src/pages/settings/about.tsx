import { myPermissionsFor } from "../../api/modules/permissions";
import { getService, putService, type Service, type ServiceDraft } from "../../api/modules/services";
import { TextMember } from "./fields";
import { type EditorKind, type Stored, unlessAbsent } from "./kinds";

/** What people call a service. */
export function serviceKind(service: string): EditorKind {
  return {
    key: ["service", service, "about"],
    title: "What it is called",
    absent: "There is no such service",
    beginning: { name: service, description: "" },
    action: "service.put",
    history: { kind: "service.changed", service },
    permissions: () => myPermissionsFor(service),
    load: () => unlessAbsent(getService(service).then(kept)),
    save: async (draft, version, dryRun) => kept(await putService(service, draft as unknown as ServiceDraft, version, dryRun)),
    Form: ServiceFields,
  };
}

/** Name and description. */
export function ServiceFields() {
  return (
    <>
      <TextMember pointer="/name" label="Name" hint="For people." placeholder="Web shop" />
      <TextMember pointer="/description" label="Description (optional)" placeholder="What customers see." />
    </>
  );
}

/** What the editor needs of a service. */
export function kept({ name, description, row_version, updated_at, updated_by }: Service): Stored & { spec: object } {
  return { spec: { name, description }, row_version, updated_at, updated_by };
}
