import { staying } from "./retention.ts";

/**
 * What being in a clan does to synthetic players, so that the platform's figures have something to find.
 *
 * - `retention`: on day 30 and later, the share of players who play is so many times as high among those who joined a clan within
 *   their first week (ages 0 to 6) as among the others. Up to day 7 both leave as often, so it is as high among those who play on day 7.
 * - `sessions`: sessions on a day of a player who is in a clan at its end, relative to the others, on average; time and
 *   matches follow. Purchases and ads don't depend on it.
 */
export const memberEffect = { retention: 1.35, sessions: 1.2 };

/** The share of the installed who join a clan within their first week. The others join later or never. */
export const earlyJoiners = 0.5;

const from = 7;
const full = 30;

/** Retention of the early joiners relative to that of the others, at an age in days. */
function relativeRetention(age: number): number {
  const progress = Math.min(1, Math.max(0, (age - from) / (full - from)));
  return 1 + (memberEffect.retention - 1) * progress;
}

/** Like `staying`, of those who join no clan within their first week: such that all together stay as `staying` says. */
export const stayingOfOthers = staying.map(
  (all, age) => all / (1 + earlyJoiners * (relativeRetention(age) - 1)),
);

/** Like `staying`, of those who join a clan within their first week. */
export const stayingOfEarlyJoiners = stayingOfOthers.map((others, age) => others * relativeRetention(age));
