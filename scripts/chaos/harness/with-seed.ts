import { randomInt } from "node:crypto";
import { createSeededRandom, type SeededRandom } from "../../testkit/seeded-random.ts";
import { ExperimentFailed, type Observation, Unsupported } from "../experiment.ts";

/**
 * Runs an experiment with random numbers, and reports the seed that repeats them: `CHAOS_SEED` when that is set, otherwise a new
 * one.
 */
export async function withSeed(work: (random: SeededRandom) => Promise<Observation>): Promise<Observation> {
  const seed = Number(process.env.CHAOS_SEED) || randomInt(1, 1_000_000);
  try {
    const observation = await work(createSeededRandom(seed));
    return { ...observation, summary: `${observation.summary}; seed ${seed}` };
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof Unsupported) throw cause;
    const what = cause instanceof ExperimentFailed ? cause.message : (cause.stack ?? cause.message);
    throw new ExperimentFailed(`${what}; repeat with CHAOS_SEED=${seed}`, { cause });
  }
}
