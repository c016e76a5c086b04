import workerUrl from "./chain.worker?worker&url";
import type { ChainVerdict } from "./chainVerdict";
import type { Verification } from "./rules";

/** Where the host's policy asks for Trusted Types, a worker's address is taken from such a policy only. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL: (url: string) => string };
}

let trusted: string | undefined;

/** The one address that this page makes a worker of. */
function address(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trusted ??= trustedTypes?.createPolicy("chain-worker", { createScriptURL: () => workerUrl }).createScriptURL(workerUrl) ?? workerUrl;
  return trusted;
}

/** Computes every hash of an export anew, beside the page, which stays usable; `signal` ends it. */
export async function verifyChain(exported: string, signal: AbortSignal): Promise<Verification> {
  signal.throwIfAborted();
  const worker = new Worker(address(), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }: MessageEvent<ChainVerdict>) => {
        if ("verification" in data) resolve(data.verification);
        else reject(new Error(data.failure));
      });
      worker.addEventListener("error", ({ message }) => reject(new Error(message || "the browser did not start the verifier")));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      // A worker's messages have no target origin.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(exported);
    });
  } finally {
    worker.terminate();
  }
}
