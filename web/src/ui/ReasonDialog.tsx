import { type FormEvent, useState } from "react";
import { Dialog, Heading, Input, Label, Modal, ModalOverlay, TextArea, TextField } from "react-aria-components";

import { Button } from "./Button";
import { ActionFailure } from "./states";

interface Props {
  title: string;
  /** What happens then, in a sentence or a comparison. */
  effect: string;
  /** What must be typed before it can be done; nothing where a reason is enough. */
  confirmation?: string | undefined;
  /** Whether it takes something away. */
  danger: boolean;
  pending: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks for a reason, and in production for the service's name, before something that people notice. */
export function ReasonDialog(props: Props) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(open) => !open && props.onClose()}>
      <Modal className="modal card"><Dialog><Form {...props} /></Dialog></Modal>
    </ModalOverlay>
  );
}

function Form({ title, effect, confirmation, danger, pending, error, onConfirm, onClose }: Props) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const missing = reason.trim() === "" ? "Say why first." : undefined;
  const unconfirmed = confirmation !== undefined && typed.trim() !== confirmation ? `Type ${confirmation} first.` : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm(reason.trim());
  };
  return (
    <form className="vote-form" onSubmit={submit}>
      <Heading slot="title">{title}</Heading>
      <p>{effect}</p>
      <TextField value={reason} onChange={setReason} isRequired><Label>Reason</Label><TextArea rows={2} /></TextField>
      {confirmation !== undefined && (
        <TextField value={typed} onChange={setTyped}><Label>This is production. Type <strong>{confirmation}</strong></Label><Input autoComplete="off" spellCheck={false} /></TextField>
      )}
      <div className="actions">
        <Button type="submit" danger={danger} primary={!danger} pending={pending} disabledReason={missing ?? unconfirmed}>{title}</Button>
        <Button quiet onPress={onClose}>Keep it as it is</Button>
      </div>
      <ActionFailure error={error} />
    </form>
  );
}
