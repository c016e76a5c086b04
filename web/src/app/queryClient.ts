import { QueryClient } from "@tanstack/react-query";

import { ProblemError } from "../api/problem";

const RETRIES = 2;

/** Refusals are final until somebody changes something; silence and a host that is busy are worth another try. */
function again(failures: number, error: Error): boolean {
  const refused = error instanceof ProblemError && error.status < 500 && error.status !== 429;
  return !refused && failures < RETRIES;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: again, staleTime: 15_000, networkMode: "always" },
      // A command carries its idempotency key: trying again after silence can't do it twice.
      mutations: { retry: (failures, error) => !(error instanceof ProblemError) && failures < RETRIES, networkMode: "always" },
    },
  });
}
