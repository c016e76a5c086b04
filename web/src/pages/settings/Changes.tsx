import { between } from "../../ui/changes";
import { DiffTable } from "../../ui/DiffTable";
import type { Json } from "./json";

interface Props {
  title: string;
  before: Json | undefined;
  after: Json;
}

/** What lies between two configs, member by member; nothing where they say the same. */
export function Changes({ title, before, after }: Props) {
  const changes = between(before, after);
  return changes.length > 0 && <DiffTable title={title} changes={changes} />;
}
