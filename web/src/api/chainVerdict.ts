import { loadRules, type Verification, verifyAuditChain } from "./rules";

/** What came of a verification: its result, or why there is none. */
export type ChainVerdict = { verification: Verification } | { failure: string };

/** Computes every hash of an export anew. It takes seconds for a long one, and the thread that it runs on does nothing else. */
export async function chainVerdict(exported: string): Promise<ChainVerdict> {
  try {
    await loadRules();
    return { verification: verifyAuditChain(exported) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
