import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

import { currentSession, type Session } from "../api/modules/session";
import { SignIn } from "../pages/SignIn";
import { Failure, Loading } from "../ui/states";

interface Signed {
  session: Session;
  /** Signs out of these pages: nothing of them is kept. */
  leave: () => void;
}

const Context = createContext<Signed | null>(null);
export const SESSION = ["session"] as const;

/**
 * Shows its children to somebody who is signed in, and the sign-in to everybody else; the address stays. Where a session
 * ends by itself, its pages wait behind the sign-in with what was typed into them; only the same person gets them back.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({ queryKey: SESSION, queryFn: currentSession, refetchInterval: 10 * 60_000 });
  const [last, setLast] = useState<Session | null>(null);
  if (data && data !== last) setLast(data);
  if (isPending) return <Loading what="your session" />;
  if (data === undefined && error) return <Failure whole error={error} retry={() => void refetch()} />;
  const opened = (session: Session) => {
    // What one person read is not for the next; what the same person reads again may be newer.
    if (session.principal === last?.principal) void client.invalidateQueries({ predicate: isOfPages });
    else forget(client);
    client.setQueryData(SESSION, session);
  };
  const leave = () => {
    setLast(null);
    forget(client);
    client.setQueryData(SESSION, null);
  };
  const shown = data ?? last;
  if (!shown) return <SignIn onSignedIn={opened} />;
  return (
    <>
      <div key={shown.principal} hidden={!data}><Context value={{ session: shown, leave }}>{children}</Context></div>
      {!data && (
        <ModalOverlay className="sign-in-again" isOpen isKeyboardDismissDisabled>
          <Modal><Dialog aria-label="Your session has ended"><SignIn again={shown.principal} onSignedIn={opened} /></Dialog></Modal>
        </ModalOverlay>
      )}
    </>
  );
}

/** Forgets what was read. */
function forget(client: QueryClient): void {
  client.removeQueries({ predicate: isOfPages });
}

function isOfPages({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== SESSION[0];
}

function useSigned(): Signed {
  const signed = use(Context);
  if (!signed) throw new Error("nobody is signed in here");
  return signed;
}

/** Who is signed in; only below `SessionGate`. */
export function useSession(): Session {
  return useSigned().session;
}

/** Forgets who is signed in and everything of theirs; only below `SessionGate`. */
export function useLeave(): () => void {
  return useSigned().leave;
}
