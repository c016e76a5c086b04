import start, * as rules from "./dist/rules.js";

/** Why a function gives no answer: its arguments are not what it takes, or the rules are not loaded. */
export class RulesError extends Error {
  name = "RulesError";
}

let isLoaded = false;
let loading;

/** Loads the rules from what `source` gives, once. What failed may be tried again. */
export function load(source) {
  loading ??= Promise.resolve()
    .then(source)
    .then((found) => isLoaded || start({ module_or_path: found }))
    .then(
      () => {
        isLoaded = true;
      },
      (error) => {
        loading = undefined;
        throw error;
      },
    );
  return loading;
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
