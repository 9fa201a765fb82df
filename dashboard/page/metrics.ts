import type { MetricsAnswer } from "../server/answers.ts";
import { splitDecimal } from "./money.ts";

/** What is added up, each a column of figures. An amount of money is two of them: whole USD, and billionths. */
export const summands = [
  "dau",
  "iapWhole",
  "iapNano",
  "adWhole",
  "adNano",
  "started",
  "ended",
  "victories",
  "defeats",
  "errors",
] as const;
export type Summand = (typeof summands)[number];

/** Rows of daily_metrics, column by column; `day`, `country` and `platform` are places in their lists. */
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

/** Makes the server's answer ready to be added up. */
export function readMetrics({ rows, ...answer }: MetricsAnswer): Metrics {
  const [iapWhole, iapNano] = splitDecimals(rows.total_iap_revenue);
  const [adWhole, adNano] = splitDecimals(rows.total_ad_revenue);
  const columns: Record<Summand, Float64Array> = {
    dau: Float64Array.from(rows.dau),
    iapWhole,
    iapNano,
    adWhole,
    adNano,
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

function splitDecimals(decimals: string[]): [whole: Float64Array, nano: Float64Array] {
  const whole = new Float64Array(decimals.length);
  const nano = new Float64Array(decimals.length);
  decimals.forEach((decimal, row) => {
    [whole[row], nano[row]] = splitDecimal(decimal);
  });
  return [whole, nano];
}
