import { WaitTimeout } from "../testkit/wait-until.ts";
import { type Experiment, ExperimentFailed, type Observation, Unsupported } from "./experiment.ts";

export type Outcome = "held" | "failed" | "skipped";

export interface Result {
  experiment: Experiment;
  outcome: Outcome;
  /** Of a failed or skipped experiment, the reason. */
  observation: Observation;
  seconds: number;
}

/**
 * Runs experiments one after another, the long ones at the same time, and then the exclusive ones alone. An error of an experiment
 * is its result.
 */
export async function runExperiments(
  experiments: Experiment[],
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results = new Map<Experiment, Result>();
  const run = async (experiment: Experiment) => {
    const result = await runExperiment(experiment);
    results.set(experiment, result);
    onResult(result);
  };
  const shared = experiments.filter(({ isExclusive }) => !isExclusive);
  const long = Promise.all(shared.filter(({ isLong }) => isLong).map(run));
  for (const experiment of shared.filter(({ isLong }) => !isLong)) await run(experiment);
  await long;
  for (const experiment of experiments.filter(({ isExclusive }) => isExclusive)) await run(experiment);
  return experiments.flatMap((experiment) => results.get(experiment) ?? []);
}

async function runExperiment(experiment: Experiment): Promise<Result> {
  const startedAt = performance.now();
  const { outcome, observation } = await experiment.run().then(
    (observation) => ({ outcome: "held" as Outcome, observation }),
    (error: unknown) => ({
      outcome: (error instanceof Unsupported ? "skipped" : "failed") as Outcome,
      observation: { summary: describe(error) },
    }),
  );
  return { experiment, outcome, observation, seconds: (performance.now() - startedAt) / 1_000 };
}

/** The message of an expected error; the stack of any other, which is a defect of the experiment. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = [ExperimentFailed, Unsupported, WaitTimeout].some((type) => error instanceof type);
  return isExpected ? error.message : (error.stack ?? error.message);
}
