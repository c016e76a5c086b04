/** How something ended: by itself, or because it was stopped. */
export type End = "itself" | "stopped";

/**
 * Does `work` once the page is in sight. What `work` is given is aborted when the page goes out of sight, or when
 * `signal` says stop; what it throws then is no error.
 */
export async function whileSeen(signal: AbortSignal, work: (stop: AbortSignal) => Promise<void>): Promise<End> {
  await seen(signal);
  const control = new AbortController();
  const ignore = onChange(signal, () => {
    if (signal.aborted || !isSeen()) control.abort();
  });
  try {
    await work(control.signal);
  } catch (error) {
    if (!control.signal.aborted) throw error;
  } finally {
    ignore();
  }
  return control.signal.aborted ? "stopped" : "itself";
}

function isSeen(): boolean {
  return document.visibilityState !== "hidden";
}

async function seen(signal: AbortSignal): Promise<void> {
  let ignore: (() => void) | undefined;
  await new Promise<void>((resolve) => {
    ignore = onChange(signal, () => {
      if (signal.aborted || isSeen()) resolve();
    });
  });
  ignore?.();
}

/** Looks at once, and at each change; what it returns ends that. */
function onChange(signal: AbortSignal, look: () => void): () => void {
  document.addEventListener("visibilitychange", look);
  signal.addEventListener("abort", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    signal.removeEventListener("abort", look);
  };
}
