import start, * as rules from "./dist/rules.js";

/** Why a function gives no answer: its arguments are not what it takes, or the rules are not loaded. */
export class RulesError extends Error {
  name = "RulesError";
}

let isLoaded = false;
let loading;

/** Loads the rules from what `source` gives, once. What failed may be tried again. */
export function load(source) {
  loading ??= once(source).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function once(source) {
  // After `initSync` there is nothing to read.
  if (isLoaded) return;
  await start({ module_or_path: await source() });
  isLoaded = true;
}

export function initSync(module) {
  if (!isLoaded) {
    rules.initSync({ module });
    isLoaded = true;
  }
}

/** What the rule of this name says: JSON on both sides. */
export function ask(name, given) {
  if (!isLoaded) {
    throw new RulesError("the rules are not loaded; accepted: a call after `await init()`");
  }
  const { answer, problem } = JSON.parse(rules[name](JSON.stringify(given)));
  if (problem !== undefined) {
    throw new RulesError(problem);
  }
  return answer;
}
