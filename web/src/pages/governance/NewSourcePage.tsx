import { Link } from "react-router";

import { useTitle } from "../../ui/useTitle";
import { NewDraft } from "../register/NewDraft";
import { NEW_SOURCE } from "./sourceKinds";

/** Makes a source; its page then shows the address that the sender posts to. */
export function NewSourcePage() {
  useTitle("New source");
  return (
    <article>
      <p className="muted"><Link to="/governance/sources">Sources</Link></p>
      <div className="page-head"><h1>New source</h1></div>
      <NewDraft kind={NEW_SOURCE} />
    </article>
  );
}
