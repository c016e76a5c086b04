import { type ReactNode, useId } from "react";

import { Button } from "./Button";
import { ActionFailure } from "./states";
import type { Pages } from "./usePages";

interface Props<T> {
  label: string;
  /** What they are, such as `the deployments`. */
  what: string;
  pages: Pages<T>;
  value: string;
  onChange: (value: string) => void;
  /** Said where there is none. */
  none?: ReactNode;
  /** Said of it below. */
  said?: ReactNode;
  isInvalid?: boolean;
  /** What one of them is, and what people call it. */
  option: (item: T) => { value: string; label: string };
}

/** One of a list that the host keeps; it goes on when somebody asks for more. */
export function Choice<T>({ label, what, pages, value, onChange, none = "There is none yet.", said, isInvalid = false, option }: Props<T>) {
  const id = useId();
  const options = pages.items.map(option);
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} aria-invalid={isInvalid} aria-describedby={`${id}-said`} onChange={({ target }) => onChange(target.value)}>
        <option value="">{pages.isPending ? `Reading ${what}…` : "Choose…"}</option>
        {value !== "" && !options.some((known) => known.value === value) && <option>{value}</option>}
        {options.map((known) => <option key={known.value} value={known.value}>{known.label}</option>)}
      </select>
      <div id={`${id}-said`} className="said">
        {said}
        {pages.data && options.length === 0 && <small className="muted">{none}</small>}
      </div>
      {pages.error && <><ActionFailure error={pages.error} /><Button quiet onPress={() => void pages.refetch()}>Try again</Button></>}
      {pages.hasNextPage && <Button quiet onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More of {what}</Button>}
    </div>
  );
}
