import { type Money, moneyDigits, moneyText, plus, toNumber } from "./money.ts";
import type { Sums } from "./summary.ts";

/** A figure of the page: what it means, how it is computed from any rows and how it is formatted. */
export interface Measure {
  key: string;
  label: string;
  /** How it is computed, as shown to the user. */
  meaning: string;
  /** Null if the divisor is 0. */
  value(sums: Sums): number | null;
  text(sums: Sums): string;
  /** With all digits, for CSV. */
  digits(sums: Sums): string;
  /** Whether an increase is good news. */
  moreIs: "better" | "worse";
  /** A sum: the table shows it as a bar. */
  isSum: boolean;
  /** A share: its change is shown in percentage points. */
  isShare?: boolean;
}

const noValue = "–";
const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

const sum = (key: string, label: string, meaning: string, of: (sums: Sums) => number): Measure => ({
  key,
  label,
  meaning,
  value: of,
  text: (sums) => integer.format(of(sums)),
  digits: (sums) => String(of(sums)),
  moreIs: "better",
  isSum: true,
});

const money = (key: string, label: string, meaning: string, of: (sums: Sums) => Money): Measure => ({
  key,
  label,
  meaning,
  value: (sums) => toNumber(of(sums)),
  text: (sums) => moneyText(of(sums)),
  digits: (sums) => moneyDigits(of(sums)),
  moreIs: "better",
  isSum: true,
});

interface Form {
  options: Intl.NumberFormatOptions;
  prefix?: string;
  moreIs?: "worse";
}

function ratio(
  key: string,
  label: string,
  meaning: string,
  of: (sums: Sums) => [dividend: number, divisor: number],
  { options, prefix = "", moreIs }: Form,
): Measure {
  const format = new Intl.NumberFormat("en-US", options);
  const value = (sums: Sums) => {
    const [dividend, divisor] = of(sums);
    return divisor === 0 ? null : dividend / divisor;
  };
  const formatted = (sums: Sums, write: (value: number) => string, none: string) => {
    const found = value(sums);
    return found === null ? none : write(found);
  };
  return {
    key,
    label,
    meaning,
    value,
    text: (sums) => formatted(sums, (found) => prefix + format.format(found), noValue),
    digits: (sums) => formatted(sums, String, ""),
    moreIs: moreIs ?? "better",
    isSum: false,
    isShare: options.style === "percent",
  };
}

const fixed = (places: number): Intl.NumberFormatOptions => ({
  minimumFractionDigits: places,
  maximumFractionDigits: places,
});

const totalRevenue = (sums: Sums): Money => plus(sums.iap, sums.ad);

export const dau = sum("dau", "DAU", "daily active users, added up", (sums) => sums.dau);
export const iapRevenue = money("iap", "IAP revenue", "in-app purchases, USD", (sums) => sums.iap);
export const adRevenue = money("ad", "Ad revenue", "advertising, USD", (sums) => sums.ad);
export const revenue = money("revenue", "Revenue", "IAP and ad revenue, USD", totalRevenue);
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
  "DAU / days of the period",
  (sums) => [sums.dau, sums.days],
  { options: fixed(1) },
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

/** Every measure, in the order of the table columns. */
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
