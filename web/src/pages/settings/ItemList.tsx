import type { ReactNode } from "react";

import { Button } from "../../ui/Button";
import { useMember } from "./draft";
import type { Json } from "./json";

interface Props {
  pointer: string;
  /** What all of them are, and what one of them is called, such as `Steps` and `step`. */
  title: string;
  item: string;
  template: Json;
  empty: string;
  children: (pointer: string, index: number) => ReactNode;
}

/** A list whose items are edited one by one, in their order. */
export function ItemList({ pointer, title, item, template, empty, children }: Props) {
  const { value, problems, set } = useMember(pointer);
  const items = Array.isArray(value) ? value : [];
  const move = (from: number, to: number) => set(items.toSpliced(from, 1).toSpliced(to, 0, items[from] ?? null));
  return (
    <fieldset className="items">
      <legend>{title}</legend>
      {problems.map(({ code, message }) => <small key={code} className="problem">{message}</small>)}
      {items.length === 0 && <p className="muted">{empty}</p>}
      {items.map((_, index) => (
        // An item is nothing but its place.
        // oxlint-disable-next-line react/no-array-index-key
        <fieldset key={index} className="item">
          <legend className="sr-only">{`${item} ${index + 1}`}</legend>
          <div className="item-fields">{children(`${pointer}/${index}`, index)}</div>
          <div className="item-end">
            <Small label={`Move ${item} ${index + 1} up`} mark="↑" onPress={index === 0 ? undefined : () => move(index, index - 1)} />
            <Small label={`Move ${item} ${index + 1} down`} mark="↓" onPress={index === items.length - 1 ? undefined : () => move(index, index + 1)} />
            <Small label={`Remove ${item} ${index + 1}`} mark="✕" onPress={() => set(items.toSpliced(index, 1))} />
          </div>
        </fieldset>
      ))}
      <Button onPress={() => set([...items, template])}>{`Add a ${item}`}</Button>
    </fieldset>
  );
}

/** Left out where there is nowhere to move to. */
function Small({ label, mark, onPress }: { label: string; mark: string; onPress: (() => void) | undefined }) {
  if (!onPress) return null;
  return <button type="button" className="button quiet" aria-label={label} title={label} onClick={onPress}>{mark}</button>;
}
