/** Something that is promised, and an attempt to break it. */
export interface Experiment {
  /** How it is asked for: `npm run chaos -- NAME`. */
  name: string;
  /** What holds in spite of it, in one sentence. */
  promise: string;
  /** What is done to the platform, in one sentence. */
  trial: string;
  /** What was once taken out of the code to see it fail: file and line in words, and how it failed. */
  protection: string;
  /** It measures speed, so that nothing else may run beside it. */
  isAlone?: true;
  /** It takes minutes and little of the machine, so that others run beside it. */
  isLong?: true;
  /** @throws {Broken} when the promise does not hold */
  run(): Promise<Seen>;
}

export interface Seen {
  /** From the end of the fault to the first write that was begun after it and acknowledged, in ms. */
  recoveredMs?: number;
  /** The figures of the attempt, in one line. */
  saw: string;
}

/** A promise does not hold; the message says what was seen instead. */
export class Broken extends Error {
  override name = "Broken";
}

/** The experiment can't be made on this machine; the message says what it lacks. */
export class NotHere extends Error {
  override name = "NotHere";
}

/** @throws {Broken} unless `condition` holds */
export function promised(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new Broken(otherwise);
}
