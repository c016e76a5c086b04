import { myPermissionsFor } from "../../api/modules/permissions";
import { createSource, deleteSource, getSource, putSource, type Source, type SourceDraft } from "../../api/modules/sources";
import type { NewKind } from "../register/NewDraft";
import { at, type Json } from "../settings/json";
import { type EditorKind, type Stored, unlessAbsent } from "../settings/kinds";
import { NewSourceForm, SourceForm } from "./SourceForm";

/** A source that is not there yet. */
export const NEW_SOURCE: NewKind = {
  key: ["new-source"],
  title: "A new source",
  button: "Make the source",
  beginning: { provider: "github", scheme: "signature", events: ["push", "tag"], secrets: [{ secret: "" }] },
  action: "source.manage",
  missing: (draft) => {
    if (at(draft, "/service") === undefined) return "Choose the service first.";
    return at(draft, "/name") === undefined ? "Say its name first." : undefined;
  },
  save: async (draft) => kept(await createSource(drafted(draft), true)),
  make: async (draft, key) => `/governance/sources/${(await createSource(drafted(draft), false, key)).id}`,
  lists: [["sources"]],
  Form: NewSourceForm,
};

/** A source as it can be changed. */
export function sourceKind({ id, service }: Source): EditorKind {
  return {
    key: ["source", id, "settings"],
    title: "What it is",
    absent: "It is not there any more",
    beginning: {},
    action: "source.manage",
    history: { kind: "source.changed", service, subject: id },
    permissions: () => myPermissionsFor(service),
    load: () => unlessAbsent(getSource(id).then(kept)),
    save: async (draft, version, dryRun) => kept(await putSource(id, drafted(draft), version ?? 0, dryRun)),
    Form: SourceForm,
    remove: {
      title: "Delete the source",
      effect: "Nothing that it sends is taken from then on. The runs that it started go on; what it delivered is kept for a while.",
      run: (version) => deleteSource(id, version),
    },
  };
}

/** The host judges it, whatever it is. */
function drafted(draft: Json): SourceDraft {
  return draft as unknown as SourceDraft;
}

function kept({ name, service, provider, scheme, secrets, events, row_version, updated_at, updated_by }: Source): Stored & { spec: object } {
  return { spec: { name, service, provider, scheme, events, secrets: secrets.map(({ secret }) => ({ secret })) }, row_version, updated_at, updated_by };
}
