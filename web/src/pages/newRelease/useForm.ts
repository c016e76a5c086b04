import { useEffect, useEffectEvent, useState } from "react";
import { useSearchParams } from "react-router";

import { useDebounced } from "../../ui/useDebounced";
import { FIELDS, type Form } from "./draft";

const STILL_MS = 300;

/** What is filled in. The address follows a moment later, so that a half-filled form can be sent to somebody else. */
export function useForm(beginning: Pick<Form, "run" | "deployment">): [Form, (change: Partial<Form>) => void] {
  const [params, setParams] = useSearchParams();
  const [first] = useState<Form>(() => ({
    run: params.get("run") ?? beginning.run,
    deployment: params.get("deployment") ?? beginning.deployment,
    version: params.get("version") ?? "",
    reason: params.get("reason") ?? "",
    digest: params.get("digest") ?? "",
    name: params.get("name") ?? "",
    location: params.get("location") ?? "",
  }));
  const [form, setForm] = useState(first);
  const still = useDebounced(form, STILL_MS);
  const follow = useEffectEvent((filled: Form) => {
    const fields = FIELDS.filter((field) => filled[field] !== "");
    setParams(new URLSearchParams(fields.map((field) => [field, filled[field]])), { replace: true, preventScrollReset: true });
  });
  useEffect(() => {
    if (still !== first) follow(still);
  }, [still, first]);
  return [form, (change) => setForm((before) => ({ ...before, ...change }))];
}
