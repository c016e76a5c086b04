import { useSearchParams } from "react-router";

import { listTokens, revokeToken, type Token } from "../../api/modules/access";
import { AskedFirst } from "../../ui/AskedFirst";
import { Listed } from "../../ui/Listed";
import { Time } from "../../ui/Time";
import { usePages } from "../../ui/usePages";
import { useRefusal } from "../../ui/useRefusal";
import { isPast } from "./moments";
import { TokenForm } from "./TokenForm";

const TOKENS = ["tokens"];

/** Credentials: whose, how long, when last used. */
export function Tokens() {
  const [params, setParams] = useSearchParams();
  const all = params.get("tokens") === "all";
  const tokens = usePages([...TOKENS, all], (after) => listTokens(all, after));
  return (
    <section className="card" aria-labelledby="tokens">
      <h2 id="tokens">Tokens and sessions</h2>
      <label><input type="checkbox" checked={all} onChange={({ target }) => setParams(changed(params, target.checked), { replace: true, preventScrollReset: true })} /> Also those that work no more</label>
      <Listed what="the tokens" pages={tokens} none="No token works.">
        {(items) => (
          <ul className="rows">
            {items.map((token) => <Row key={token.id} token={token} />)}
          </ul>
        )}
      </Listed>
      <TokenForm />
    </section>
  );
}

function Row({ token }: { token: Token }) {
  const { principal, hint, opened_by: session } = token;
  const refusal = useRefusal("token.manage");
  const effect = session ? "Whoever is signed in with it is signed out." : "Whoever uses it is refused from then on, and so are the sessions that were opened with it. It can't be undone: another can be made.";
  return (
    <li>
      <strong>{principal}</strong> <code>{hint}…</code> <span>{[...token.roles].join(", ")}</span>
      {session && <span className="chip">session</span>}
      <span className="muted small"><Standing token={token} /></span>
      {!token.revoked_at && !isPast(token.expires_at) && <AskedFirst title={`Revoke ${hint}… of ${principal}`} effect={effect} act={() => revokeToken(token)} list={TOKENS} refusal={refusal}>Revoke</AskedFirst>}
    </li>
  );
}

/** The address's parameters, with all tokens or with those that work. */
function changed(params: URLSearchParams, all: boolean): URLSearchParams {
  const next = new URLSearchParams(params);
  if (all) next.set("tokens", "all");
  else next.delete("tokens");
  return next;
}

function Standing({ token }: { token: Token }) {
  if (isPast(token.expires_at) && !token.revoked_at) return <>expired <Time at={token.expires_at} /></>;
  if (token.revoked_at) return <>revoked <Time at={token.revoked_at} /></>;
  return <>{token.last_used_at ? <>used <Time at={token.last_used_at} /></> : "never used"}, expires <Time at={token.expires_at} /></>;
}
