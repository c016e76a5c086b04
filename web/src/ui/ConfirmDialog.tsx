import { type FormEvent, type ReactNode, useState } from "react";
import { Dialog, Heading, Input, Label, Modal, ModalOverlay, TextArea, TextField } from "react-aria-components";

import { Button } from "./Button";
import { ActionFailure } from "./states";

interface Props {
  title: string;
  /** What happens then, in a sentence or a comparison. */
  effect: ReactNode;
  /** Whether a reason is asked for. */
  needsReason?: boolean;
  /** What must be typed before it can be done, such as the service's name in production; nothing where that is not needed. */
  confirmation?: string | undefined;
  /** Whether it takes something away. */
  danger: boolean;
  pending: boolean;
  /** Why it can't be done yet, beside what the dialog itself asks for. */
  disabledReason?: string | undefined;
  error: unknown;
  /** What the button says that does nothing. */
  keep?: string;
  /** `reason` is empty where none is asked for. */
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Says what happens before something that people notice; asks for a reason where it is kept, and in production for the service's name. */
export function ConfirmDialog(props: Props) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable={!props.pending} isKeyboardDismissDisabled={props.pending} onOpenChange={(open) => !open && props.onClose()}>
      <Modal className="modal card"><Dialog><Form {...props} /></Dialog></Modal>
    </ModalOverlay>
  );
}

function Form({ title, effect, needsReason = false, confirmation, danger, pending, disabledReason, error, keep = "Keep it as it is", onConfirm, onClose }: Props) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const missing = needsReason && reason.trim() === "" ? "Say why first." : undefined;
  const unconfirmed = confirmation !== undefined && typed.trim() !== confirmation ? `Type ${confirmation} first.` : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // React hands it on to the form that the dialog was opened in: that one is not what was confirmed.
    event.stopPropagation();
    if (!pending) onConfirm(reason.trim());
  };
  return (
    <form className="vote-form" onSubmit={submit}>
      <Heading slot="title">{title}</Heading>
      {typeof effect === "string" ? <p>{effect}</p> : effect}
      {needsReason && <TextField value={reason} onChange={setReason} isRequired><Label>Reason</Label><TextArea rows={2} /></TextField>}
      {confirmation !== undefined && (
        <TextField value={typed} onChange={setTyped}><Label>This is production. Type <strong>{confirmation}</strong></Label><Input autoComplete="off" spellCheck={false} /></TextField>
      )}
      <div className="actions">
        <Button type="submit" danger={danger} primary={!danger} pending={pending} disabledReason={disabledReason ?? missing ?? unconfirmed}>{title}</Button>
        <Button quiet onPress={onClose} disabledReason={pending ? "It is being done." : undefined}>{keep}</Button>
      </div>
      <ActionFailure error={error} />
    </form>
  );
}
