import type { ReactNode } from "react";
import { Link } from "react-router";

/** Leads to the log of `step`, or to the whole log. */
export function StepLink({ step, children }: { step?: string; children: ReactNode }) {
  return <Link to={{ search: step === undefined ? "" : `?step=${encodeURIComponent(step)}` }} replace preventScrollReset>{children}</Link>;
}
