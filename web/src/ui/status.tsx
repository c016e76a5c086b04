const STATUSES: Record<string, { label: string; mark: string; tone: string }> = {
  pending_approval: { label: "Waiting for approval", mark: "◔", tone: "wait" },
  approved: { label: "Approved", mark: "◑", tone: "wait" },
  executing: { label: "Rolling out", mark: "▶", tone: "busy" },
  succeeded: { label: "Succeeded", mark: "✓", tone: "good" },
  failed: { label: "Failed", mark: "✕", tone: "bad" },
  rejected: { label: "Rejected", mark: "⊘", tone: "bad" },
  rolled_back: { label: "Rolled back", mark: "↶", tone: "warn" },
  queued: { label: "Queued", mark: "◔", tone: "wait" },
  running: { label: "Running", mark: "▶", tone: "busy" },
  timed_out: { label: "Timed out", mark: "✕", tone: "bad" },
  cancelled: { label: "Cancelled", mark: "–", tone: "idle" },
};

/** The status in words. */
export function statusText(status: string): string {
  return STATUSES[status]?.label ?? status;
}

/** The status by word and mark; the colour only repeats it. */
export function Status({ status }: { status: string }) {
  const known = STATUSES[status];
  return (
    <span className={`status ${known?.tone ?? "idle"}`}>
      <span aria-hidden="true">{known?.mark ?? "•"}</span>{statusText(status)}
    </span>
  );
}
