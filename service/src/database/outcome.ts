import { leavesOpen } from "./failures.ts";

/** A write was sent, and nobody knows what became of it: it may be stored, or not. */
export class OutcomeUnknown extends Error {
  override name = "OutcomeUnknown";
}

/**
 * Waits for the statement that decides about a write: COMMIT, or one that commits itself.
 * @throws {OutcomeUnknown} when it may have been carried out although it failed
 */
export async function decided<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (cause) {
    if (!leavesOpen(cause)) throw cause;
    throw new OutcomeUnknown("PostgreSQL did not say whether the write was stored", { cause });
  }
}
