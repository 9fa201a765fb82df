import type { MetricsAnswer } from "../server/answers.ts";
import { splitDecimal } from "./money.ts";

/** The additive columns. An amount of money is two of them: whole USD and billionths. */
export const summands = [
  "dau",
  "iapWhole",
  "iapBillionths",
  "adWhole",
  "adBillionths",
  "started",
  "ended",
  "victories",
  "defeats",
  "errors",
] as const;
export type Summand = (typeof summands)[number];

/** Rows of daily_metrics by column; `day`, `country` and `platform` are indexes into their lists. */
export interface Metrics {
  version: string | null;
  days: string[];
  countries: string[];
  platforms: string[];
  day: Uint16Array;
  country: Uint16Array;
  platform: Uint16Array;
  /** In the order of `summands`. */
  columns: Float64Array[];
}

/** Converts the server's answer into typed arrays. */
export function readMetrics({ rows, ...answer }: MetricsAnswer): Metrics {
  const [iapWhole, iapBillionths] = splitDecimals(rows.total_iap_revenue);
  const [adWhole, adBillionths] = splitDecimals(rows.total_ad_revenue);
  const columns: Record<Summand, Float64Array> = {
    dau: Float64Array.from(rows.dau),
    iapWhole,
    iapBillionths,
    adWhole,
    adBillionths,
    started: Float64Array.from(rows.matches_started),
    ended: Float64Array.from(rows.matches_ended),
    victories: Float64Array.from(rows.victories),
    defeats: Float64Array.from(rows.defeats),
    errors: Float64Array.from(rows.server_connection_errors),
  };
  return {
    ...answer,
    day: Uint16Array.from(rows.day),
    country: Uint16Array.from(rows.country),
    platform: Uint16Array.from(rows.platform),
    columns: summands.map((name) => columns[name]),
  };
}

function splitDecimals(decimals: string[]): [whole: Float64Array, billionths: Float64Array] {
  const whole = new Float64Array(decimals.length);
  const billionths = new Float64Array(decimals.length);
  decimals.forEach((decimal, row) => {
    [whole[row], billionths[row]] = splitDecimal(decimal);
  });
  return [whole, billionths];
}
