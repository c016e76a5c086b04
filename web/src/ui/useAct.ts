import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

/** Something that is done and after which a list is read again, whether or not it came to be. */
export function useAct<Input, Output>(act: (input: Input) => Promise<Output>, queryKey: QueryKey) {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onSettled: () => client.invalidateQueries({ queryKey }) });
}
