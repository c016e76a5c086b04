import { type RefObject, useEffect } from "react";
import { useBlocker } from "react-router";

import { ConfirmDialog } from "./ConfirmDialog";

interface Props {
  /** What would be lost, such as `your changes`; nothing where nothing would. */
  unsaved: string | undefined;
  /** Set where the page itself leads on, because all is kept. */
  isDone?: RefObject<boolean>;
}

/** Asks before a page is left with which something unsaved would go. */
export function LeaveGuard({ unsaved, isDone }: Props) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => unsaved !== undefined && !isDone?.current && currentLocation.pathname !== nextLocation.pathname);
  const isUnsaved = unsaved !== undefined;
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
  if (blocker.state !== "blocked") return null;
  return (
    <ConfirmDialog
      title="Leave without saving"
      effect={`Nobody saved ${unsaved ?? "your changes"} yet: they are lost when you leave.`}
      danger
      pending={false}
      error={null}
      keep="Stay here"
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset()}
    />
  );
}
