import { useMutation, type UseMutationOptions } from "@tanstack/react-query";
import { useRef } from "react";

import { ProblemError } from "../api/problem";

type Options<Input, Output> = Omit<UseMutationOptions<Output, Error, Input>, "mutationFn">;

/**
 * Asks for something by an idempotency key. As long as no answer came, the same input is the same request: who presses
 * again after silence asks for nothing twice. A key's request ends with its answer, and what is asked for then is another.
 */
export function useKeyed<Input, Output>(act: (input: Input, key: string) => Promise<Output>, options: Options<Input, Output> = {}) {
  const open = useRef<{ text: string; key: string }>(undefined);
  return useMutation({
    ...options,
    mutationFn: async (input: Input) => {
      const text = JSON.stringify(input);
      const { key } = open.current?.text === text ? open.current : (open.current = { text, key: crypto.randomUUID() });
      try {
        const done = await act(input, key);
        open.current = undefined;
        return done;
      } catch (error) {
        // A host that is out of order may have done it all the same.
        if (error instanceof ProblemError && error.status < 500) open.current = undefined;
        throw error;
      }
    },
  });
}
