import { isOutcomeUnknown } from "./failures.ts";

/** A write was sent, and its outcome is not known: it may be stored, or not. */
export class OutcomeUnknown extends Error {
  override name = "OutcomeUnknown";
}

/**
 * Waits for the statement that decides about a write: COMMIT, or one that commits itself.
 * @throws {OutcomeUnknown} when it may have been carried out although it failed
 */
export async function outcomeOf<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (cause) {
    if (!isOutcomeUnknown(cause)) throw cause;
    throw new OutcomeUnknown("PostgreSQL did not report whether the write was stored", { cause });
  }
}
