import init, { initSync, previewRollout, validateCdConfig, validateCiConfig, verifyAuditChain } from "cicd-wasm";

export type { Preview, PreviewStep, Validation, Verification, Violation } from "cicd-wasm";
export { initSync, previewRollout, validateCdConfig, validateCiConfig, verifyAuditChain };

/** Loads the server's own rules; once, however often it is asked. After that each of them answers at once. */
export function loadRules(): Promise<true> {
  return init().then(() => true);
}
