import { columnsOf } from "@clan-platform/contract/columns.ts";
import { addDays, today } from "../days.ts";
import type { Row } from "../warehouse.ts";
import { referenceActiveUsers } from "./reference-active-users.ts";
import {
  type Period,
  referenceClanDailyMetrics,
  referenceMembershipCohorts,
  referenceMembershipMetrics,
} from "./reference-clans.ts";
import { referenceCohortMetrics } from "./reference-cohort-metrics.ts";
import { referenceDailyMetrics } from "./reference-daily-metrics.ts";
import { type RawRow, rawRow } from "./rows.ts";

/** The rows of the tables. */
export interface Content {
  user_daily_metrics_raw: RawRow[];
  daily_metrics: Row[];
  active_users: Row[];
  cohort_metrics: Row[];
  clan_membership_periods: Row[];
  clan_daily_metrics: Row[];
  membership_metrics: Row[];
  membership_cohorts: Row[];
}

export interface Fault {
  what: string;
  /** Breaks the raw table; the others are computed from the broken rows. */
  raw?(rows: RawRow[]): RawRow[];
  /** Breaks daily_metrics only. */
  metrics?(rows: Row[]): Row[];
  /** Breaks active_users only; the first row is ALL of the first day. */
  active?(rows: Row[]): Row[];
  /** Breaks cohort_metrics only. */
  cohorts?(rows: Row[]): Row[];
  /** Breaks the memberships; the others are computed from the broken ones. */
  periods?(rows: Period[]): Period[];
  /** Breaks clan_daily_metrics only. */
  clanDays?(rows: Row[]): Row[];
  /** Breaks membership_metrics only. */
  memberships?(rows: Row[]): Row[];
  /** Breaks membership_cohorts only. */
  membershipCohorts?(rows: Row[]): Row[];
  /** How many rows of the table the check finds, when it isn't 1. */
  found?: number;
  /** Claims that this fault violates as well. */
  also?: string[];
}

const startedOn = today();

/** The day this many days after today (UTC). */
const day = (days: number) => addDays(startedOn, days);

export const window = { from_date: day(-9), to_date: day(9) };
/** With the two weeks before, on which the health of clans depends. */
const withWeeksBefore = { ...window, from_date: day(-22) };

/** Tables with this fault and no other. */
export function contentWith(fault: Partial<Fault> = {}): Content {
  const raw = fault.raw?.(goodRows()) ?? goodRows();
  const metrics = referenceDailyMetrics(raw, withWeeksBefore);
  const active = referenceActiveUsers(raw, window);
  const cohorts = referenceCohortMetrics(raw, window);
  const clans = { periods: fault.periods?.(goodPeriods) ?? goodPeriods, states: [] };
  const clanDays = referenceClanDailyMetrics(raw, clans, withWeeksBefore);
  const memberships = referenceMembershipMetrics(raw, clans, window);
  const membershipCohorts = referenceMembershipCohorts(raw, clans, window);
  return {
    user_daily_metrics_raw: raw,
    daily_metrics: fault.metrics?.(metrics) ?? metrics,
    active_users: fault.active?.(active) ?? active,
    cohort_metrics: fault.cohorts?.(cohorts) ?? cohorts,
    clan_membership_periods: clans.periods,
    clan_daily_metrics: fault.clanDays?.(clanDays) ?? clanDays,
    membership_metrics: fault.memberships?.(memberships) ?? memberships,
    membership_cohorts: fault.membershipCohorts?.(membershipCohorts) ?? membershipCohorts,
  };
}

/** Today and tomorrow have begun, with a row each. */
export const begun: Partial<Fault> = {
  raw: (rows) => rows.filter(({ event_date, user_id }) => event_date < day(0) || user_id === "user 0"),
};

/** Eleven days up to tomorrow, which may have begun where the sender is. */
function goodRows(): RawRow[] {
  return Array.from({ length: 11 }, (_, at) => rowsOf(day(at - 9), 8)).flat();
}

const period = (period_id: number, changes: Partial<Period> = {}): Period => ({
  period_id,
  user_id: `user ${period_id}`,
  clan_id: "owls",
  joined_at: `${day(-15)} 12:00:00+00`,
  joined_date: day(-15),
  left_at: null,
  left_date: null,
  left_reason: null,
  ...changes,
});

/** Two in a clan, and one who was in another for some days. */
const goodPeriods = [
  period(0),
  period(1, {
    clan_id: "bears",
    joined_at: `${day(-3)} 12:00:00+00`,
    joined_date: day(-3),
    left_at: `${day(-1)} 12:00:00+00`,
    left_date: day(-1),
    left_reason: "left",
  }),
  period(2),
];

const cohort = (changes: Row = {}): Row => ({
  event_date: day(-1),
  install_date: day(-15),
  day_n: 14,
  comparison: "all",
  membership: "in_clan",
  users: 4,
  retained: 2,
  ...changes,
});

/** Every other user of a day is in TR on ANDROID; the others have no country, on IOS. */
function rowsOf(event_date: string, count: number, first = 0): RawRow[] {
  return Array.from({ length: count }, (_, at) =>
    rawRow({
      event_date,
      install_date: day(-20),
      user_id: `user ${first + at}`,
      ...(at % 2 === 0 ? { platform: "ANDROID", country: "TR" } : { platform: "IOS", country: null }),
    }),
  );
}

const inFirst =
  (changes: Row) =>
  <R extends Row>([first, ...others]: R[]): R[] =>
    first ? [{ ...first, ...changes }, ...others] : [];

/** Rows of another country with 125 times the users of the first row, on these days. */
function manyInGermany([first]: Row[], days: string[]): Row[] {
  const sums = Object.entries(first ?? {}).filter(([name]) =>
    /^(dau|total|match\w*_|vic|defeats|server_con|payers|new_users)/.test(name),
  );
  const many = Object.fromEntries(sums.map(([name, value]) => [name, 125 * Number(value)]));
  return days.map((event_date) => ({ ...first, ...many, event_date, country: "DE" }));
}

const inPart =
  (changes: Row) =>
  (rows: Row[]): Row[] =>
    rows.map((row, at) => (at === rows.findIndex(isPart) ? { ...row, ...changes } : row));
const isPart = ({ country, platform }: Row) => country !== "ALL" && platform !== "ALL";

const cohortInHalves = ([first, ...others]: Row[]): Row[] => {
  const half = {
    ...first,
    active_users: 2,
    payers: 2,
    iap_revenue: "9.98",
    ad_revenue: "0.03",
    sessions: 4,
    session_duration: "123",
  };
  return [half, half, ...others];
};

const inHalves = ([first, ...others]: Row[]): Row[] => {
  const half = {
    ...first,
    dau: 2,
    matches_started: 8,
    total_iap_revenue: "9.98",
    total_ad_revenue: "0.03",
    payers: 2,
  };
  return [half, half, ...others];
};

const ratios = [
  "arpdau",
  "match_per_dau",
  "server_error_per_dau",
  "win_ratio",
  "defeat_ratio",
  "arppu",
  "payer_ratio",
];

const firstTwice = (rows: RawRow[]): RawRow[] => [...rows, ...rows.slice(0, 1)];

const oneRowPerKey = "a user has one row a day and platform";
const knownKeys = "the key is not null, the country not blank, the platform known";
const sumsOfRaw =
  "every day, country and platform has the users, payers, sessions, matches, errors and revenue of raw, revenue to the cent";
const ratiosOfSums = "every ratio is its sum over its divisor, and null exactly where that is 0";
const nestedWindows =
  "those of a day are among those of the week, these among those of the month; new and returning users are all";
const allOfParts = "ALL has at least the users of each of its parts, and at most their sum";
const asInDaily = "every day, country and platform has the users, new users and payers of daily_metrics";
const agesOfCohorts = "a cohort's day is as many days after the install as it says, up to 90, and has users";
const cohortsOfRaw =
  "every day's cohorts have the users, payers, sessions and revenue of raw up to day 90, revenue to the cent";
const oneClanAtATime = "a player is in one clan at a time, and leaves it after joining it";
const activeAmongMembers =
  "those active on a day are among those active in the week, and these among the members; the health is that of its rule";
const clansOfPeriods = "every day's clans have the members, joins and leaves of the memberships";
const addsUp = "players in a clan and the others add up to daily_metrics, revenue to the last digit";
const cohortsOfMembership =
  "those who were still there are among the users of the install day, and so are those of day 7";
const resultsOfMatches = "victories and defeats do not exceed the matches ended";

/** The faults that each check has to find, by its claim. */
export const faults: Record<string, Fault[]> = {
  [oneRowPerKey]: [
    { what: "a row that is there twice", raw: firstTwice, found: 2 },
    {
      what: "two rows of a user from two countries",
      raw: (rows) => [...rows, ...inFirst({ country: "DE" })(rows.slice(0, 1))],
      found: 2,
    },
  ],
  "the key is not null, and the platform is known": [
    { what: "a user without an id", raw: inFirst({ user_id: "" }) },
    { what: "a platform in small letters", raw: inFirst({ platform: "android" }) },
    {
      what: "a platform in small letters in a second row of the user",
      // Of the last day, after which no row can take the place of this one.
      raw: (rows) => [...rows, ...inFirst({ platform: "ios" })(rows.slice(-1))],
    },
    { what: "a third platform", raw: inFirst({ platform: "WEB" }), also: [knownKeys] },
  ],
  "no day is in the future (a sender's tomorrow may have begun)": [
    // Two of them, of which one is in the future still when today ends while this runs.
    {
      what: "days after tomorrow",
      raw: (rows) => [...rows, ...[2, 3].flatMap((days) => rowsOf(day(days), 8))],
      found: 16,
    },
  ],
  "nobody plays before installing": [
    { what: "an installation a day after the activity", raw: inFirst({ install_date: day(-8) }) },
  ],
  "counts and amounts are not negative": [
    ...columnsOf("count").map((name) => ({
      what: `${name} of -1`,
      raw: inFirst({ [name]: -1 }),
      also: name === "match_end_count" ? [resultsOfMatches] : [],
    })),
    ...columnsOf("amount").map((name) => ({ what: `${name} of -0.01`, raw: inFirst({ [name]: "-0.01" }) })),
  ],
  "no day is missing between the first and the last": [
    { what: "a day without rows", raw: (rows) => rows.filter(({ event_date }) => event_date !== day(-3)) },
  ],
  "a day that is over has between half and twice the rows of the mean day of the week before": [
    { what: "a day with more than twice the rows", raw: (rows) => [...rows, ...rowsOf(day(-3), 9, 8)] },
    {
      what: "a day with less than half the rows",
      raw: (rows) => [...rows.filter(({ event_date }) => event_date !== day(-1)), ...rowsOf(day(-1), 3)],
    },
  ],
  [resultsOfMatches]: [{ what: "a victory too many", raw: inFirst({ victory_count: 3 }) }],
  "a day, country and platform has one row": [
    {
      what: "a row in two halves",
      metrics: inHalves,
      found: 2,
      also: [sumsOfRaw, ratiosOfSums, asInDaily, addsUp],
    },
  ],
  [knownKeys]: [
    { what: "an empty country", metrics: inFirst({ country: "" }), also: [sumsOfRaw, asInDaily, addsUp] },
    {
      what: "a country of blanks",
      metrics: inFirst({ country: "  " }),
      also: [sumsOfRaw, asInDaily, addsUp],
    },
    { what: "a third platform", metrics: inFirst({ platform: "WEB" }), also: [sumsOfRaw, asInDaily, addsUp] },
  ],
  [sumsOfRaw]: [
    { what: "a user too many", metrics: inFirst({ dau: 5 }), also: [ratiosOfSums, asInDaily, addsUp] },
    {
      what: "a user who counts twice because of two rows",
      raw: firstTwice,
      metrics: inFirst({ dau: 5 }),
      also: [oneRowPerKey, ratiosOfSums, asInDaily, addsUp],
    },
    { what: "a match too few", metrics: inFirst({ matches_started: 15 }), also: [ratiosOfSums, addsUp] },
    { what: "a match ended too many", metrics: inFirst({ matches_ended: 99 }), also: [ratiosOfSums, addsUp] },
    { what: "a victory too many", metrics: inFirst({ victories: 99 }), also: [ratiosOfSums, addsUp] },
    { what: "a defeat too many", metrics: inFirst({ defeats: 99 }), also: [ratiosOfSums, addsUp] },
    {
      what: "an error too many",
      metrics: inFirst({ server_connection_errors: 99 }),
      also: [ratiosOfSums, addsUp],
    },
    { what: "a payer too few", metrics: inFirst({ payers: 3 }), also: [ratiosOfSums, asInDaily, addsUp] },
    { what: "a new user too many", metrics: inFirst({ new_users: 1 }), also: [asInDaily, addsUp] },
    { what: "a session too many", metrics: inFirst({ total_sessions: 99 }), also: [addsUp] },
    { what: "a session too long", metrics: inFirst({ total_session_duration: "247" }), also: [addsUp] },
    {
      what: "columns that were added later and are not filled",
      metrics: inFirst({
        payers: null,
        new_users: null,
        total_sessions: null,
        total_session_duration: null,
        arppu: null,
        payer_ratio: null,
      }),
      also: [ratiosOfSums, asInDaily],
    },
    {
      what: "a cent of purchases too much",
      metrics: inFirst({ total_iap_revenue: "19.97" }),
      also: [ratiosOfSums, addsUp],
    },
    {
      what: "a cent of advertising too little",
      metrics: inFirst({ total_ad_revenue: "0.05" }),
      also: [ratiosOfSums, addsUp],
    },
    {
      what: "a row of another country",
      metrics: inFirst({ country: "DE" }),
      found: 2,
      also: [asInDaily, addsUp],
    },
    { what: "a row that is not there", metrics: (rows) => rows.slice(1), also: [asInDaily, addsUp] },
    {
      what: "a row of a day that raw has not",
      metrics: inFirst({ event_date: day(5) }),
      found: 2,
      also: [asInDaily, clansOfPeriods, addsUp],
    },
  ],
  [ratiosOfSums]: [
    ...ratios.flatMap((name) => [
      { what: `${name} below 0`, metrics: inFirst({ [name]: -0.1 }) },
      { what: `${name} of another row`, metrics: inFirst({ [name]: 0.77 }) },
      { what: `${name} that is null`, metrics: inFirst({ [name]: null }) },
    ]),
    { what: "ratios to no matches", metrics: inFirst({ matches_ended: 0 }), also: [sumsOfRaw, addsUp] },
    { what: "a row without users", metrics: inFirst({ dau: 0 }), also: [sumsOfRaw, asInDaily, addsUp] },
  ],
  "win and defeat ratio are at most 1": [
    { what: "a win ratio above 1", metrics: inFirst({ win_ratio: 1.01 }), also: [ratiosOfSums] },
    { what: "a defeat ratio above 1", metrics: inFirst({ defeat_ratio: 1.01 }), also: [ratiosOfSums] },
  ],
  "no figure of a day that is over is far from the same weekdays before": [
    {
      what: "a country that is missing, in the DAU of the country, its platform and all",
      // Not two weeks in a row, with which the health of clans would be known.
      metrics: (rows) => [...rows, ...manyInGermany(rows, [day(-10), day(-24), day(-31)])],
      found: 3,
    },
  ],
  "active_users has one row per day, country and platform, ALL included": [
    {
      what: "a row that is there twice",
      active: ([first = {}, ...rows]) => [first, first, ...rows],
      found: 2,
    },
  ],
  [nestedWindows]: [
    { what: "a week with fewer users than its last day", active: inFirst({ wau: 7 }) },
    { what: "a month with fewer users than its last week", active: inFirst({ mau: 7 }) },
    { what: "returning users that are not the others", active: inFirst({ returning_users: 7 }) },
    { what: "more resurrected than returning users", active: inFirst({ resurrected_users: 9 }) },
    { what: "another stickiness", active: inFirst({ stickiness: 0.5 }) },
    { what: "more payers than users", active: inFirst({ payers: 9 }), also: [allOfParts] },
  ],
  [allOfParts]: [
    { what: "fewer payers than of a country", active: inFirst({ payers: 3 }), found: 2 },
    { what: "more users than of all countries", active: inFirst({ mau: 9, stickiness: 8 / 9 }), found: 2 },
    { what: "a row that is not there", active: (rows) => rows.slice(1), found: 2 },
  ],
  [asInDaily]: [
    { what: "a payer too few", active: inPart({ payers: 3 }), also: [allOfParts] },
    {
      what: "a row that is not there",
      active: (rows) => rows.filter((row) => row !== rows.find(isPart)),
      also: [allOfParts],
    },
  ],
  "a cohort has one row per day since the install, country and platform": [
    { what: "a row in two halves", cohorts: cohortInHalves, found: 2 },
  ],
  [agesOfCohorts]: [
    { what: "a day 91", cohorts: inFirst({ day_n: 91 }) },
    { what: "another day of the install", cohorts: inFirst({ install_date: day(-21) }) },
    { what: "no users", cohorts: inFirst({ active_users: 0 }), also: [cohortsOfRaw] },
    { what: "more payers than users", cohorts: inFirst({ payers: 5 }), also: [cohortsOfRaw] },
  ],
  [cohortsOfRaw]: [
    { what: "a user too many", cohorts: inFirst({ active_users: 5 }) },
    {
      what: "a user who counts twice because of two rows",
      raw: firstTwice,
      cohorts: inFirst({ active_users: 5 }),
      also: [oneRowPerKey],
    },
    { what: "a payer too few", cohorts: inFirst({ payers: 3 }) },
    { what: "a cent of purchases too much", cohorts: inFirst({ iap_revenue: "19.97" }) },
    { what: "a cent of advertising too little", cohorts: inFirst({ ad_revenue: "0.05" }) },
    { what: "a session too many", cohorts: inFirst({ sessions: 9 }) },
    { what: "a session too long", cohorts: inFirst({ session_duration: "247" }) },
    { what: "a row that is not there", cohorts: (rows) => rows.slice(1) },
  ],
  "a period of a membership is there once": [
    {
      what: "a period that is there twice",
      periods: (periods) => [...periods, period(0)],
      found: 2,
      also: [oneClanAtATime, clansOfPeriods],
    },
  ],
  [oneClanAtATime]: [
    {
      what: "a player in two clans",
      periods: (periods) => [...periods, { ...period(9), user_id: "user 0", clan_id: "bears" }],
    },
    {
      what: "a player who left before joining",
      periods: (periods) => [
        ...periods,
        period(9, {
          joined_at: `${day(-5)} 12:00:00+00`,
          joined_date: day(-5),
          left_at: `${day(-5)} 11:00:00+00`,
          left_date: day(-5),
          left_reason: "left",
        }),
      ],
    },
  ],
  "clan_daily_metrics has one row per day and clan": [
    {
      what: "a row that is there twice",
      clanDays: ([first = {}, ...rows]) => [first, first, ...rows],
      found: 2,
      also: [clansOfPeriods],
    },
  ],
  [activeAmongMembers]: [
    { what: "more active on the day than in the week", clanDays: inFirst({ active_members: 9 }) },
    { what: "fewer members than are active", clanDays: inFirst({ members: 1 }), also: [clansOfPeriods] },
    { what: "a join in the future", clanDays: inFirst({ days_since_join: -1 }) },
    { what: "a health that there is none", clanDays: inFirst({ health: "fine" }) },
    { what: "the health of another clan", clanDays: inFirst({ health: "dead" }) },
  ],
  [clansOfPeriods]: [
    { what: "a join too many", clanDays: inFirst({ joins: 5 }) },
    { what: "a leave too many", clanDays: inFirst({ leaves: 5 }) },
    { what: "a member too many", clanDays: inFirst({ members: 3 }) },
    { what: "a row that is not there", clanDays: (rows) => rows.slice(1) },
  ],
  "of 100 clans of known health or more, fewer than nine of ten have the same": [
    {
      what: "clans in which nobody plays",
      raw: (rows) => [...Array.from({ length: 13 }, (_, at) => rowsOf(day(at - 22), 8)).flat(), ...rows],
      periods: (periods) => [
        ...periods,
        ...Array.from({ length: 100 }, (_, at) => period(100 + at, { clan_id: `ghosts ${at}` })),
      ],
      found: 11,
    },
  ],
  "membership_metrics has one row per day, country, platform and membership": [
    {
      what: "a row that is there twice",
      memberships: ([first = {}, ...rows]) => [first, first, ...rows],
      found: 2,
      also: [addsUp],
    },
  ],
  [addsUp]: [
    { what: "a user too many", memberships: inFirst({ dau: 9 }) },
    { what: "a payer too few", memberships: inFirst({ payers: 0 }) },
    { what: "a new user too many", memberships: inFirst({ new_users: 1 }) },
    { what: "a cent of purchases too much", memberships: inFirst({ total_iap_revenue: "10" }) },
    { what: "a cent of advertising too much", memberships: inFirst({ total_ad_revenue: "0.1" }) },
    { what: "a session too many", memberships: inFirst({ total_sessions: 99 }) },
    { what: "a row that is not there", memberships: (rows) => rows.slice(1) },
  ],
  "membership_cohorts has one row per install day, day n, comparison and membership": [
    {
      what: "a row that is there twice",
      membershipCohorts: (rows) => [...rows, cohort(), cohort()],
      found: 2,
    },
  ],
  [cohortsOfMembership]: [
    { what: "more who stayed than came", membershipCohorts: (rows) => [...rows, cohort({ retained: 5 })] },
    { what: "a day that is not compared", membershipCohorts: (rows) => [...rows, cohort({ day_n: 15 })] },
    {
      what: "more of day 7 than of the install day",
      membershipCohorts: (rows) => [...rows, cohort(), cohort({ comparison: "active_on_day_7", users: 5 })],
    },
  ],
};
