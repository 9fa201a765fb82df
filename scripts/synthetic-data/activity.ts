import { memberEffect } from "./member-effect.ts";
import { Draws, hash } from "./random.ts";
import type { User } from "./user.ts";

/** What a user did on one day and platform, in whole numbers. */
export interface DayOfUser {
  sessions: number;
  /** Tenths of a second. */
  duration: number;
  matches: Matches;
  connectionErrors: number;
  /** Cents of a USD. */
  purchases: number;
  /** Millionths of a USD, with so many decimal places of a USD. */
  ads: number;
  adPlaces: number;
}

interface Matches {
  started: number;
  ended: number;
  victories: number;
  defeats: number;
}

export interface Circumstances {
  /** The day's number in the run. */
  day: number;
  isInstallDay: boolean;
  /** The servers of the user fail. */
  isCutOff: boolean;
  /** At the end of the day. */
  isInClan: boolean;
  /** Beside the user's usual one. */
  isSecondPlatform: boolean;
}

// In cents, each as often as it is bought.
const prices = [99, 99, 99, 99, 199, 199, 199, 499, 499, 499, 499, 999, 999, 1_999, 4_999, 9_999];
const whalePrices = [499, 999, 1_999, 1_999, 4_999, 4_999, 9_999, 9_999];
// Purposes of `hash`, each followed by those of the days.
const usualPlatform = 10_000;
const secondPlatform = 20_000;

/** The same for the same seed, user, day and platform. */
export function playDay(seed: number, user: User, circumstances: Circumstances): DayOfUser {
  const { day, isInstallDay, isCutOff, isInClan, isSecondPlatform } = circumstances;
  const draws = new Draws(hash(seed, user.number, day + (isSecondPlatform ? secondPlatform : usualPlatform)));
  // The product of two is small mostly, and large now and then.
  const usual = 1 + Math.floor(user.liveliness * draws.fraction() * draws.fraction());
  const sessions = isInClan ? Math.floor(memberEffect.sessions * usual + draws.fraction()) : usual;
  const duration = durationOf(sessions, draws);
  const adPlaces = 4 + draws.below(3);
  return {
    sessions,
    duration,
    matches: matchesOf(user, duration, draws),
    connectionErrors: errorsOf(sessions, isCutOff, draws),
    purchases: purchasesOf(user, isInstallDay, draws),
    ads: user.seesAds ? adsOf(user, usual, adPlaces, draws) : 0,
    adPlaces,
  };
}

/** Some senders measure whole seconds, some tenths. */
function durationOf(sessions: number, draws: Draws): number {
  const tenths = Math.floor(sessions * (200 + 9_000 * draws.fraction() * (0.4 + draws.fraction())));
  return draws.chance(0.6) ? tenths - (tenths % 10) : tenths;
}

function errorsOf(sessions: number, isCutOff: boolean, draws: Draws): number {
  if (isCutOff) return draws.chance(0.8) ? 1 + draws.below(4 * sessions) : 0;
  return draws.chance(0.03) ? 1 + draws.below(2) : 0;
}

function matchesOf({ skill }: User, duration: number, draws: Draws): Matches {
  const secondsPerMatch = 130 + draws.below(160);
  const started = Math.floor(duration / 10 / secondsPerMatch);
  const kind = draws.fraction();
  // Some matches are left, and a few began on the day before.
  const left = kind < 0.2 && started > 0 ? 1 + draws.below(Math.min(3, started)) : 0;
  const ended = started - left + (kind > 0.99 ? 1 : 0);
  const lucky = skill + 0.4 * (draws.fraction() - 0.5);
  const victories = Math.min(ended, Math.floor(ended * lucky + draws.fraction()));
  const outcome = draws.fraction();
  const isDraw = outcome < 0.05 && victories < ended;
  // Real senders count a match twice now and then.
  const isCountedTwice = outcome > 0.999;
  return {
    started,
    ended,
    victories: victories + (isCountedTwice ? 1 : 0),
    defeats: ended - victories - (isDraw ? 1 : 0),
  };
}

function purchasesOf({ payer }: User, isInstallDay: boolean, draws: Draws): number {
  if (payer === "none") return 0;
  const isWhale = payer === "whale";
  if (!draws.chance(isWhale ? 0.5 : isInstallDay ? 0.4 : 0.2)) return 0;
  const count = isWhale ? 1 + draws.below(4) : draws.chance(0.2) ? 2 : 1;
  const list = isWhale ? whalePrices : prices;
  let cents = 0;
  for (let n = 0; n < count; n++) cents += list[draws.below(list.length)] ?? 0;
  return cents;
}

function adsOf({ country }: User, sessions: number, places: number, draws: Draws): number {
  const shown = draws.below(2 + 3 * sessions);
  const micros = Math.floor(shown * country.adMicros * (0.5 + draws.fraction()));
  const unit = places === 4 ? 100 : places === 5 ? 10 : 1;
  return micros - (micros % unit);
}
