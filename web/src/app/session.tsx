import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use } from "react";

import { currentSession, type Session } from "../api/modules/session";
import { SignIn } from "../pages/SignIn";
import { Failure, Loading } from "../ui/states";

const Context = createContext<Session | null>(null);
export const SESSION = ["session"] as const;

/** Shows its children to somebody who is signed in, and the sign-in to everybody else; the address stays. */
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({ queryKey: SESSION, queryFn: currentSession, refetchInterval: 10 * 60_000 });
  if (isPending) return <Loading what="your session" />;
  if (data === undefined && error) return <Failure whole error={error} retry={() => void refetch()} />;
  if (!data) return <SignIn onSignedIn={(session) => { forget(client); client.setQueryData(SESSION, session); }} />;
  return <Context value={data}>{children}</Context>;
}

/** Forgets what was read: what one person read is not for the next. */
export function forget(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
}

/** Who is signed in; only below `SessionGate`. */
export function useSession(): Session {
  const session = use(Context);
  if (!session) throw new Error("nobody is signed in here");
  return session;
}
