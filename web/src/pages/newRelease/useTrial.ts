import { useQuery } from "@tanstack/react-query";

import { type Release, tryRelease } from "../../api/modules/releases";
import { type Form, missing, trialOf } from "./draft";

/** What the host says would come of the request; nothing is stored by asking. */
export function useTrial(form: Form) {
  const draft = trialOf(form);
  return useQuery({ queryKey: ["trial", draft], queryFn: () => tryRelease(draft), enabled: missing(form) === undefined, retry: false });
}

/** Whether nobody has to agree to it. */
export function startsAtOnce(trial: Release | undefined): boolean {
  return trial?.content.approval.requirements.length === 0;
}
