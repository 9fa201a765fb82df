import { Broken, type Experiment, NotHere, type Seen } from "./experiment.ts";

export type Outcome = "held" | "broken" | "not tried";

export interface Result {
  experiment: Experiment;
  outcome: Outcome;
  /** Where it was broken or not tried, why. */
  seen: Seen;
  seconds: number;
}

/**
 * Makes experiments one after another, with the long ones beside them, and then those that must be alone. What an
 * experiment throws is its result.
 */
export async function runExperiments(
  experiments: Experiment[],
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results = new Map<Experiment, Result>();
  const make = async (experiment: Experiment) => {
    const result = await runExperiment(experiment);
    results.set(experiment, result);
    onResult(result);
  };
  const together = experiments.filter(({ isAlone }) => !isAlone);
  const beside = Promise.all(together.filter(({ isLong }) => isLong).map(make));
  for (const experiment of together.filter(({ isLong }) => !isLong)) await make(experiment);
  await beside;
  for (const experiment of experiments.filter(({ isAlone }) => isAlone)) await make(experiment);
  return experiments.flatMap((experiment) => results.get(experiment) ?? []);
}

async function runExperiment(experiment: Experiment): Promise<Result> {
  const startedAt = performance.now();
  const { outcome, seen } = await experiment.run().then(
    (seen) => ({ outcome: "held" as Outcome, seen }),
    (error: unknown) => {
      const outcome: Outcome = error instanceof NotHere ? "not tried" : "broken";
      // A defect of the experiment is one as well, and its place helps.
      const isPlain = error instanceof NotHere || error instanceof Broken;
      const saw =
        error instanceof Error ? (isPlain ? error.message : (error.stack ?? error.message)) : String(error);
      return { outcome, seen: { saw } };
    },
  );
  return { experiment, outcome, seen, seconds: (performance.now() - startedAt) / 1_000 };
}
