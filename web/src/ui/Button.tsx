import { type ReactNode, useId } from "react";
import { Button as AriaButton } from "react-aria-components";

interface Props {
  children: ReactNode;
  onPress?: () => void;
  /** Why it can't be pressed now; shown beside it and told to screen readers. */
  disabledReason?: string | undefined;
  primary?: boolean;
  danger?: boolean;
  quiet?: boolean;
  pending?: boolean;
  type?: "button" | "submit";
}

/** A button that says why when it can't be pressed. */
export function Button({ children, onPress, disabledReason, primary, danger, quiet, pending, type = "button" }: Props) {
  const reasonId = useId();
  const look = ["button", primary && "primary", danger && "danger", quiet && "quiet"].filter(Boolean).join(" ");
  return (
    <span className="button-with-reason">
      <AriaButton
        // Busy, it stays where the focus is and does nothing; disabled it would lose the focus.
        type={pending ? "button" : type}
        className={look}
        isDisabled={disabledReason !== undefined}
        aria-disabled={pending ? "true" : undefined}
        {...(onPress && !pending && { onPress })}
        {...(disabledReason !== undefined && { "aria-describedby": reasonId })}
      >
        {pending ? "Working…" : children}
      </AriaButton>
      {disabledReason !== undefined && <small id={reasonId} className="reason">{disabledReason}</small>}
    </span>
  );
}
