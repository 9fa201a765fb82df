import { isDay } from "@clan-platform/contract/day.ts";
import { z } from "zod";

const day = z.string().refine(isDay, "must be a day as YYYY-MM-DD");
const count = z.int();
/** Changes when the data does; null while there is no warehouse. */
const version = z.string().nullable();

/** The days asked for, both included. */
export const DaysQuery = z
  .strictObject({ from: day, to: day })
  .refine(({ from, to }) => from <= to, { path: ["to"], error: "must not be before from" });

/** Of which days there are figures; null when there are none yet. */
export const DaysAnswer = z.object({
  version,
  source: z.string(),
  target: z.enum(["local", "bigquery"]),
  days: z.object({ from: z.string(), to: z.string() }).nullable(),
});

/** Rows of daily_metrics by column; `day`, `country` and `platform` are places in the lists above them. */
export const MetricsAnswer = z.object({
  version,
  days: z.array(z.string()),
  countries: z.array(z.string()),
  platforms: z.array(z.string()),
  rows: z.object({
    day: z.array(count),
    country: z.array(count),
    platform: z.array(count),
    dau: z.array(count),
    /** USD, as decimals: nothing of them is lost on the way. */
    total_iap_revenue: z.array(z.string()),
    total_ad_revenue: z.array(z.string()),
    matches_started: z.array(count),
    matches_ended: z.array(count),
    victories: z.array(count),
    defeats: z.array(count),
    server_connection_errors: z.array(count),
  }),
});

/** How new the data is, and how much there is. */
export const FreshnessAnswer = z.object({
  version,
  rows: z.object({ raw: count, dailyMetrics: count }),
  /** What brings new figures, and when it was last done: ISO 8601, or null when it never was. */
  runs: z.array(z.object({ name: z.string(), at: z.string().nullable() })),
});

/** What the checks of the newest days said; null while there is nothing to check. */
export const ChecksAnswer = z.object({
  version,
  days: z.object({ from: z.string(), to: z.string() }).nullable(),
  checks: z.array(
    z.object({
      table: z.string(),
      severity: z.enum(["fail", "warn"]),
      claim: z.string(),
      found: count,
    }),
  ),
});

export type DaysAnswer = z.infer<typeof DaysAnswer>;
export type MetricsAnswer = z.infer<typeof MetricsAnswer>;
export type FreshnessAnswer = z.infer<typeof FreshnessAnswer>;
export type ChecksAnswer = z.infer<typeof ChecksAnswer>;
