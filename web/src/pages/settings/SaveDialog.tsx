import type { ReactNode } from "react";

import { ConfirmDialog } from "../../ui/ConfirmDialog";
import type { EditorKind } from "./kinds";
import { isOtherVersion, type Saving } from "./useSaving";

interface Props {
  kind: EditorKind;
  save: Saving;
  /** What is different then. */
  changes: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is saved that production follows. */
export function SaveDialog({ kind, save, changes, onConfirm, onClose }: Props) {
  return (
    <ConfirmDialog
      title="Save in production"
      effect={<><p>{kind.effect}</p>{changes}</>}
      confirmation={kind.production}
      danger={false}
      pending={save.isPending}
      error={isOtherVersion(save.error) ? null : save.error}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}
