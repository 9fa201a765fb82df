import { activeUsers } from "./active-users.ts";
import { type DayOfUser, playDay } from "./activity.ts";
import type { CountryAt } from "./countries.ts";
import type { Memberships } from "./memberships.ts";
import type { PlannedDay } from "./plan.ts";
import { hash, share } from "./random.ts";
import { type Platform, type User, userOf } from "./user.ts";

/** One user's activity on one day and platform. */
export interface DayRow {
  user: User;
  eventDate: string;
  platform: Platform;
  done: DayOfUser;
}

// The share of users with two platforms who use both on the same day.
const bothOnOneDay = 0.6;
// Purposes of `hash`, the second one followed by those of the days.
const outage = 12;
const secondPlatform = 2_000;

/** The rows of a day, in no order; there are at least as many as are planned. */
export function* rowsOf(
  memberships: Memberships,
  day: PlannedDay,
  days: number,
  countryAt: CountryAt,
): Generator<DayRow, never> {
  const { seed } = memberships.population;
  const isOutage = hash(seed, days, outage) % days === day.index;
  for (const active of activeUsers(memberships.population, day)) {
    const user = userOf(seed, active, countryAt);
    const isInstallDay = user.installDate === day.day;
    const isCutOff = isOutage && user.country.hasOutage;
    const isInClan = memberships.isInClan(active, day.index);
    const row = (platform: Platform, isSecondPlatform: boolean): DayRow => ({
      user,
      eventDate: day.day,
      platform,
      done: playDay(seed, user, { day: day.index, isSecondPlatform, isInstallDay, isCutOff, isInClan }),
    });
    yield row(user.platform, false);
    if (user.playsOnBoth && share(seed, user.number, secondPlatform + day.index) < bothOnOneDay) {
      yield row(user.platform === "IOS" ? "ANDROID" : "IOS", true);
    }
  }
  throw new Error(`${day.day} has fewer users than its ${day.rows} rows need`);
}
