import { listTokens, revokeToken, type Token } from "../../api/modules/access";
import { Button } from "../../ui/Button";
import { Listed } from "../../ui/Listed";
import { ActionFailure } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useAct } from "../../ui/useAct";
import { usePages } from "../../ui/usePages";
import { useRefusal } from "../../ui/useRefusal";
import { TokenForm } from "./TokenForm";

const TOKENS = ["tokens"];

/** Credentials: whose, how long, when last used. */
export function Tokens() {
  const tokens = usePages(TOKENS, listTokens);
  const refusal = useRefusal("token.manage");
  const revoke = useAct(revokeToken, TOKENS);
  return (
    <section className="card" aria-labelledby="tokens">
      <h2 id="tokens">Tokens and sessions</h2>
      <Listed what="the tokens" pages={tokens} none="No token was made.">
        {(items) => (
          <ul className="rows">
            {items.map((token) => (
              <li key={token.id}>
                <strong>{token.principal}</strong> <code>{token.hint}…</code> <span>{[...token.roles].join(", ")}</span>
                {token.opened_by && <span className="chip">session</span>}
                <span className="muted small"><Standing token={token} /></span>
                {!token.revoked_at && <Button quiet onPress={() => revoke.mutate(token)} pending={revoke.isPending && revoke.variables.id === token.id} disabledReason={refusal}>Revoke</Button>}
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <ActionFailure error={revoke.error} />
      <TokenForm />
    </section>
  );
}

function Standing({ token }: { token: Token }) {
  if (token.revoked_at) return <>revoked <Time at={token.revoked_at} /></>;
  return <>{token.last_used_at ? <>used <Time at={token.last_used_at} /></> : "never used"}, expires <Time at={token.expires_at} /></>;
}
