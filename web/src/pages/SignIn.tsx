import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";

import { type Session, signIn } from "../api/modules/session";
import { Button } from "../ui/Button";
import { ActionFailure } from "../ui/states";
import { useTitle } from "../ui/useTitle";

interface Props {
  /** Whose session has ended, where pages of theirs wait. */
  again?: string;
  onSignedIn: (session: Session) => void;
}

/** Takes an API token and gets a session for it. */
export function SignIn({ again, onSignedIn }: Props) {
  useTitle("Sign in");
  const [token, setToken] = useState("");
  const opening = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!opening.isPending) opening.mutate(token.trim());
  };
  const Frame = again === undefined ? "main" : "div";
  return (
    <Frame className="sign-in">
      <form onSubmit={submit} className="card">
        <span className="brand-mark" aria-hidden="true">✓</span>
        <h1>Sign in</h1>
        {again !== undefined && <p role="status">Your session has ended. <strong>{again}</strong> finds everything as it was left; anybody else begins anew.</p>}
        <p className="muted">With an API token. It is sent once, and this browser gets a session instead; no script can read it.</p>
        <TextField type="password" autoComplete="current-password" value={token} onChange={setToken} isRequired>
          <Label>API token</Label>
          <Input spellCheck={false} />
        </TextField>
        <Button type="submit" primary pending={opening.isPending} disabledReason={token.trim() === "" ? "Paste a token first." : undefined}>
          Sign in
        </Button>
        <ActionFailure error={opening.error} />
        <p className="muted small">No token? An admin makes one; the first start of the host wrote the admin's into <code>admin-token</code> of its data.</p>
      </form>
    </Frame>
  );
}
