import { ProblemError } from "./problem";

/** What is not there any more is deleted: a delete whose answer was lost finds nothing when it is tried again. */
export async function gone(deleting: Promise<unknown>): Promise<void> {
  try {
    await deleting;
  } catch (error) {
    if (!(error instanceof ProblemError && error.status === 404)) throw error;
  }
}
