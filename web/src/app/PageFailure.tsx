import { useRouteError } from "react-router";

import { Failure } from "../ui/states";

/** A page that broke: nothing it shows can be trusted, so it begins anew. */
export function PageFailure() {
  return <Failure whole error={useRouteError()} retry={() => globalThis.location.reload()} />;
}
