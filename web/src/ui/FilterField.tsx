import type { ReactNode } from "react";

interface Props {
  label: string;
  children: ReactNode;
}

/** A labelled control of a filter bar. */
export function FilterField({ label, children }: Props) {
  // The control is the caller's.
  // oxlint-disable-next-line jsx-a11y/label-has-associated-control
  return <label className="filter-field"><span>{label}</span>{children}</label>;
}
