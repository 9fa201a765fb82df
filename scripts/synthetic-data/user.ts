import type { ActiveUser } from "./active-users.ts";
import type { Country, CountryAt } from "./countries.ts";
import { Draws, hash } from "./random.ts";

export type Platform = "ANDROID" | "IOS";

/** What a user is on all days. */
export interface User {
  number: number;
  /** Four times 32 bits; the first ones differ from user to user. */
  id: readonly [number, number, number, number];
  installDate: string;
  country: Country;
  platform: Platform;
  playsOnBoth: boolean;
  payer: "none" | "some" | "whale";
  seesAds: boolean;
  /** Sessions on a day at the most. */
  liveliness: number;
  /** Matches won of those played, 0 to 1. */
  skill: number;
}

const bothPlatforms = 0.02;
const whales = 0.04;
// The share of a cohort that stays the longest, and how many of them pay in a country of mean spending.
const payers = [
  { upTo: 0.02, paying: 0.065 },
  { upTo: 0.1, paying: 0.032 },
  { upTo: 0.4, paying: 0.009 },
  { upTo: 1, paying: 0.004 },
];
// Purposes of `hash`.
const idWords = 4;
const character = 8;

/** The same user for the same seed and number, whatever the day. */
export function userOf(seed: number, { user: number, cohort }: ActiveUser, countryAt: CountryAt): User {
  const draws = new Draws(hash(seed, number, character));
  const country = countryAt(draws.fraction());
  const platform = draws.chance(country.iosShare) ? "IOS" : "ANDROID";
  const playsOnBoth = draws.chance(bothPlatforms);
  const isPayer = draws.chance(country.willingness * payerShare((number - cohort.firstUser) / cohort.size));
  const isWhale = draws.chance(whales);
  return {
    number,
    id: idOf(seed, number),
    installDate: cohort.installDate,
    country,
    platform,
    playsOnBoth,
    payer: isPayer ? (isWhale ? "whale" : "some") : "none",
    // Large purchases remove the ads; other users switch them off.
    seesAds: !(isPayer && isWhale) && draws.chance(0.9),
    liveliness: 4 + draws.below(12),
    skill: 0.35 + 0.3 * draws.fraction(),
  };
}

function idOf(seed: number, number: number): User["id"] {
  return [
    hash(seed, number, idWords),
    hash(seed, number, idWords + 1),
    hash(seed, number, idWords + 2),
    hash(seed, number, idWords + 3),
  ];
}

/** A user's `user_id`, as it is in the rows. */
export function userIdText(seed: number, number: number): string {
  return idOf(seed, number)
    .map((word) => word.toString(16).toUpperCase().padStart(8, "0"))
    .join("");
}

function payerShare(rank: number): number {
  for (const { upTo, paying } of payers) if (rank < upTo) return paying;
  return 0;
}
