import init, { initSync, previewRollout, validateCdConfig, validateCiConfig } from "cicd-wasm";

export type { Preview, PreviewStep, Validation, Violation } from "cicd-wasm";
export { initSync, previewRollout, validateCdConfig, validateCiConfig };

/** Loads the server's own rules; once, however often it is asked. After that each of them answers at once. */
export function loadRules(): Promise<true> {
  return init().then(() => true);
}
