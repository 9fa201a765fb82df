/** A guarantee of the platform, and an attempt to break it. */
export interface Experiment {
  /** On the command line: `npm run chaos -- NAME`. */
  name: string;
  /** What holds in spite of the fault, in one sentence. */
  guarantee: string;
  /** What is done to the platform, in one sentence. */
  method: string;
  /** A change of the code that made the experiment fail: where, and how it failed. */
  mutation: string;
  /** It measures speed, so that no other experiment may run at the same time. */
  isExclusive?: true;
  /** It takes minutes and little CPU time, so that others run at the same time. */
  isLong?: true;
  /** @throws {ExperimentFailed} when the guarantee does not hold */
  run(): Promise<Observation>;
}

export interface Observation {
  /** From the end of the fault to the first acknowledged write that started after it, in ms. */
  recoveredMs?: number;
  /** The measured figures, in one line. */
  summary: string;
}

/** A guarantee does not hold; the message says what was observed instead. */
export class ExperimentFailed extends Error {
  override name = "ExperimentFailed";
}

/** The experiment can't run on this machine; the message says what is missing. */
export class Unsupported extends Error {
  override name = "Unsupported";
}

/** @throws {ExperimentFailed} unless `condition` holds; `otherwise` says what was observed */
export function expectThat(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new ExperimentFailed(otherwise);
}
