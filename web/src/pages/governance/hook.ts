import type { Source } from "../../api/modules/sources";

/** The address that the sender posts to, as a forge wants it; the host tells its path. */
export function hookUrl({ hook }: Source): string {
  return new URL(hook, globalThis.location.origin).href;
}
