import { share } from "./random.ts";

const smallest = 3;
const largest = 100;
// Purpose of `hash`.
const sizing = 15;

/**
 * Splits memberships among clans, each with at most so many: returns where the places of each clan end. Half the clans have less
 * than a third of the mean, and few have the most.
 */
export function endsOfClans(seed: number, memberships: number): Int32Array {
  const ends: number[] = [];
  for (let end = 0; end < memberships; ) {
    end = Math.min(memberships, end + placesOf(seed, ends.length));
    ends.push(end);
  }
  return Int32Array.from(ends);
}

/** A Pareto distribution. Only with roots, which are the same on every machine. */
function placesOf(seed: number, clan: number): number {
  const root = Math.sqrt(1 - share(seed, clan, sizing));
  return Math.min(largest, Math.floor(smallest + 14 * (1 / (root * Math.sqrt(root)) - 1)));
}

/** The `max_members` of a clan with so many places: 50 as by default, or as many as the largest have. */
export const maxMembersFor = (places: number): number => (places <= 50 ? 50 : largest);
