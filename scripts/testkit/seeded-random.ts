import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Random numbers that are the same for the same seed. */
export interface SeededRandom {
  /** From 0 to below 1. */
  fraction(): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** The same elements in another order. */
  shuffled<T>(elements: readonly T[]): T[];
}

/** Starts a sequence of random numbers from a whole number. */
export function createSeededRandom(seed: number): SeededRandom {
  const generator = xoroshiro128plus(seed);
  const fraction = () => uniformFloat64(generator);
  const below = (limit: number) => uniformInt(generator, 0, limit - 1);
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    shuffled(elements) {
      const keyed = elements.map((element) => ({ element, key: fraction() }));
      return keyed.toSorted((a, b) => a.key - b.key).map(({ element }) => element);
    },
  };
}
