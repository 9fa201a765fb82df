import { randomInt } from "node:crypto";
import { createSeededRandom, type SeededRandom } from "../../testkit/seeded-random.ts";
import { Broken, NotHere, type Seen } from "../experiment.ts";

/**
 * Gives an experiment its random numbers, and reports the seed with which they can be repeated: that of `CHAOS_SEED` when it is
 * set, a new one otherwise.
 */
export async function seeded(work: (random: SeededRandom) => Promise<Seen>): Promise<Seen> {
  const seed = Number(process.env.CHAOS_SEED) || randomInt(1, 1_000_000);
  try {
    const seen = await work(createSeededRandom(seed));
    return { ...seen, saw: `${seen.saw}; seed ${seed}` };
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof NotHere) throw cause;
    const what = cause instanceof Broken ? cause.message : (cause.stack ?? cause.message);
    throw new Broken(`${what}; repeat with CHAOS_SEED=${seed}`, { cause });
  }
}
