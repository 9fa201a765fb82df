const goldenRatio = 0x9e3779b9;

/** Spreads 32 bits over 32 bits, one to one: two inputs never have the same output (the end of MurmurHash3). */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 32 bits for a thing and a purpose; for one seed and purpose they differ from thing to thing. */
export function hash(seed: number, thing: number, purpose: number): number {
  if (seed !== mixedSeed.seed) mixedSeed = { seed, bits: mix(seed + goldenRatio) };
  return mix(mix(thing + goldenRatio) ^ mix(mixedSeed.bits + Math.imul(purpose, goldenRatio)));
}

// One run has one seed.
let mixedSeed = { seed: 0, bits: mix(goldenRatio) };

/** `hash` as a number from 0 to below 1. */
export function share(seed: number, thing: number, purpose: number): number {
  return hash(seed, thing, purpose) / 2 ** 32;
}

/** Random numbers from a state of 32 bits (Mulberry32): the same ones on every machine. */
export class Draws {
  #state: number;

  constructor(state: number) {
    this.#state = state;
  }

  /** From 0 to below 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }
}

/** A one-to-one map of the numbers from 0 to `mask`, which is the next power of two above `count`, less 1. */
export function shuffle(count: number, key: number): { mask: number; mix(n: number): number } {
  const bits = Math.max(1, 32 - Math.clz32(count - 1));
  const mask = (1 << bits) - 1;
  const shift = Math.max(1, bits >>> 1);
  const mix = (n: number) => {
    let mixed = (Math.imul(n, key | 1) + (key >>> 7)) & mask;
    mixed = Math.imul(mixed ^ (mixed >>> shift), 0x85ebca6b) & mask;
    mixed = Math.imul(mixed ^ (mixed >>> shift), 0xc2b2ae35) & mask;
    return mixed ^ (mixed >>> shift);
  };
  return { mask, mix };
}
