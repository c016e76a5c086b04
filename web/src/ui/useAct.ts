import { type QueryKey, useQueryClient } from "@tanstack/react-query";

import { useKeyed } from "./useKeyed";

/** Something that is done, by a key where it takes one, and after which a list is read again, whether or not it came to be. */
export function useAct<Input, Output>(act: (input: Input, key: string) => Promise<Output>, queryKey: QueryKey) {
  const client = useQueryClient();
  return useKeyed(act, { onSettled: () => client.invalidateQueries({ queryKey }) });
}
