import { randomInt } from "node:crypto";
import { Draws } from "../../synthetic-data/random.ts";
import { Broken, NotHere, type Seen } from "../experiment.ts";

/**
 * Gives an experiment its random numbers, and says by which seed it is to be repeated: of `CHAOS_SEED` when that is set,
 * of a new one otherwise.
 */
export async function seeded(work: (draws: Draws, seed: number) => Promise<Seen>): Promise<Seen> {
  const seed = Number(process.env.CHAOS_SEED) || randomInt(1, 1_000_000);
  try {
    const seen = await work(new Draws(seed), seed);
    return { ...seen, saw: `${seen.saw}; seed ${seed}` };
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof NotHere) throw cause;
    const what = cause instanceof Broken ? cause.message : (cause.stack ?? cause.message);
    throw new Broken(`${what}; again with CHAOS_SEED=${seed}`, { cause });
  }
}

/** In an order of its own. */
export function shuffled<T>(things: T[], draws: Draws): T[] {
  const keyed = things.map((thing) => ({ thing, at: draws.fraction() }));
  return keyed.toSorted((a, b) => a.at - b.at).map(({ thing }) => thing);
}
