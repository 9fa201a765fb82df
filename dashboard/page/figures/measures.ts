import { type Measure, money, noValue, ratio, sum } from "./measure.ts";
import { type Money, plus, toNumber } from "./money.ts";
import type { Sums } from "./sums.ts";

export type { Measure } from "./measure.ts";

const fixed = (places: number): Intl.NumberFormatOptions => ({
  minimumFractionDigits: places,
  maximumFractionDigits: places,
});

const totalRevenue = (sums: Sums): Money => plus(sums.iap, sums.ad);

export const dau = sum("dau", "DAU", "daily active users, added up", (sums) => sums.dau);
export const iapRevenue = money("iap", "IAP revenue", "in-app purchases, USD", (sums) => sums.iap);
export const adRevenue = money("ad", "Ad revenue", "advertising, USD", (sums) => sums.ad);
export const revenue = money("revenue", "Revenue", "IAP and ad revenue, USD", totalRevenue);
const started = sum(
  "matches_started",
  "Matches started",
  "matches started, added up",
  (sums) => sums.started,
);
const ended = sum("matches_ended", "Matches ended", "matches ended, added up", (sums) => sums.ended);
// Neither is good or bad by itself: both grow with the matches that ended. Their ratios are.
const victories = sum("victories", "Victories", "victories, added up", (sums) => sums.victories, "neutral");
const defeats = sum("defeats", "Defeats", "defeats, added up", (sums) => sums.defeats, "neutral");
const errors = sum(
  "server_errors",
  "Server errors",
  "server connection errors, added up",
  (sums) => sums.errors,
  "worse",
);
export const arpdau = ratio(
  "arpdau",
  "ARPDAU",
  "IAP and ad revenue / DAU, USD",
  (sums) => [toNumber(totalRevenue(sums)), sums.dau],
  { options: fixed(4), prefix: "$" },
);
const averageDau = ratio(
  "average_dau",
  "Average DAU",
  "DAU / days that have figures",
  (sums) => [sums.dau, sums.days],
  { options: fixed(1), isPerDay: true },
);
export const matchesPerDau = ratio(
  "matches_per_dau",
  "Matches per DAU",
  "matches started / DAU",
  (sums) => [sums.started, sums.dau],
  { options: fixed(3) },
);
const winRatio = ratio(
  "win_ratio",
  "Win ratio",
  "victories / matches ended",
  (sums) => [sums.victories, sums.ended],
  { options: { style: "percent", ...fixed(2) } },
);
const defeatRatio = ratio(
  "defeat_ratio",
  "Defeat ratio",
  "defeats / matches ended",
  (sums) => [sums.defeats, sums.ended],
  { options: { style: "percent", ...fixed(2) }, moreIs: "worse" },
);
export const errorsPerDau = ratio(
  "errors_per_dau",
  "Server errors per DAU",
  "server connection errors / DAU",
  (sums) => [sums.errors, sums.dau],
  { options: fixed(4), moreIs: "worse" },
);

// Those of daily_metrics, which add up; distinct people are in the tab People.
const payers = sum(
  "payers",
  "Payers",
  "users with an in-app purchase on the day, added up",
  (sums) => sums.payers,
);
const newUsers = sum(
  "new_users",
  "New users",
  "users on the day of their install, added up",
  (sums) => sums.newUsers,
);
const sessions = sum("sessions", "Sessions", "sessions, added up", (sums) => sums.sessions);
const sessionMinutes = ratio(
  "session_minutes",
  "Minutes per session",
  "session duration / sessions",
  (sums) => [toNumber(sums.sessionDuration) / 60, sums.sessions],
  { options: fixed(2) },
);
const sessionsPerDau = ratio(
  "sessions_per_dau",
  "Sessions per DAU",
  "sessions / DAU",
  (sums) => [sums.sessions, sums.dau],
  { options: fixed(3) },
);
const arppu = ratio(
  "arppu",
  "ARPPU",
  "IAP revenue / payers, USD; advertising doesn't count",
  (sums) => [toNumber(sums.iap), sums.payers],
  { options: fixed(2), prefix: "$" },
);
const payerRatio = ratio("payer_ratio", "Payer ratio", "payers / DAU", (sums) => [sums.payers, sums.dau], {
  options: { style: "percent", ...fixed(2) },
});

/** A measure of a day or period that may have no figures: a dash as text, empty in CSV. */
export const textOf = (measure: Measure, sums: Sums | undefined) => (sums ? measure.text(sums) : noValue);
export const digitsOf = (measure: Measure, sums: Sums | undefined) => (sums ? measure.digits(sums) : "");
export const figureOf = (measure: Measure, sums: Sums | undefined) => (sums ? measure.value(sums) : null);

/** The key figures, in the order of their cards. */
export const cardMeasures = [
  { ...dau, label: "Total DAU" },
  iapRevenue,
  adRevenue,
  { ...arpdau, label: "Weighted ARPDAU" },
  averageDau,
  matchesPerDau,
  winRatio,
  errorsPerDau,
];

/** The measures of the tables, in the order of their columns. */
export const tableMeasures = [
  dau,
  averageDau,
  iapRevenue,
  adRevenue,
  arpdau,
  matchesPerDau,
  winRatio,
  defeatRatio,
  errorsPerDau,
];

/** Every measure once, in the order of a metric picker. */
export const allMeasures = [
  dau,
  averageDau,
  revenue,
  iapRevenue,
  adRevenue,
  arpdau,
  started,
  ended,
  matchesPerDau,
  victories,
  winRatio,
  defeats,
  defeatRatio,
  errors,
  errorsPerDau,
  newUsers,
  payers,
  payerRatio,
  arppu,
  sessions,
  sessionsPerDau,
  sessionMinutes,
];

/** The measure with this key; DAU if there is none. */
export const measureOf = (key: string): Measure => allMeasures.find((measure) => measure.key === key) ?? dau;
