import { ProblemError } from "../../api/problem";
import { isObject, type Json } from "../settings/json";

/** A draft of something whose id is chosen by whoever registers it: the id stands beside what the host keeps. */
export function parted(draft: Json): { id: string; spec: { [name: string]: Json } } {
  const { id, ...spec } = isObject(draft) ? draft : {};
  return { id: typeof id === "string" ? id.trim() : "", spec };
}

/** What the host says of an id is said at its field: that it is taken, or that it is none. */
export async function saidAtId<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const message = error instanceof ProblemError && messageOf(error);
    if (!message) throw error;
    throw new ProblemError({ ...error.problem, violations: [{ path: "/id", code: error.code, message }] });
  }
}

function messageOf({ status, code, problem }: ProblemError): string | undefined {
  if (status === 412) return "there is one with this id already: choose another";
  return code === "malformed-path" ? problem.detail : undefined;
}
