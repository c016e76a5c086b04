import init, { previewRollout, type PlanStep, type PreviewStep, type Violation } from "cicd-wasm";

const draft = element("draft", HTMLTextAreaElement);
const violations = element("violations", HTMLUListElement);
const steps = element("steps", HTMLOListElement);

await init();
draft.addEventListener("input", show);
show();

function show(): void {
  const found = judged(draft.value);
  violations.replaceChildren(...(found.valid ? [] : found.violations.map(({ path, message }) => item(`${path || "/"}: ${message}`))));
  steps.replaceChildren(...(found.valid ? found.value.steps.map((step) => item(told(step))) : []));
}

function judged(text: string): ReturnType<typeof previewRollout> {
  try {
    return previewRollout(JSON.parse(text));
  } catch (error) {
    const violation: Violation = { path: "", code: "json", message: String(error) };
    return { valid: false, violations: [violation] };
  }
}

function told({ step, earliest_seconds }: PreviewStep): string {
  const at = earliest_seconds === null ? "later" : `after ${earliest_seconds} s`;
  return `${at}: ${name(step)}`;
}

function name(step: PlanStep): string {
  if (typeof step === "string") return step;
  if ("set-weight" in step) return `${step["set-weight"].weight} % of the traffic`;
  if ("pause" in step) return step.pause === "manual" ? "wait for somebody" : `wait ${step.pause.seconds} s`;
  return `judge by ${step.analyse.name}`;
}

function item(text: string): HTMLLIElement {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page lacks #${id}`);
  return found;
}
