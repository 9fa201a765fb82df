import { isDay } from "@clan-platform/contract/day.ts";
import { z } from "zod";

const day = z.string().refine(isDay, "must be a day as YYYY-MM-DD");
const count = z.int();
/** Changes when the data does; null while there is no warehouse. */
const version = z.string().nullable();

/** The requested days, both included. */
export const DaysQuery = z
  .strictObject({ from: day, to: day })
  .refine(({ from, to }) => from <= to, { path: ["to"], error: "must not be before from" });

/** The days that have figures; null when there are none yet. */
export const DaysAnswer = z.object({
  version,
  source: z.string(),
  target: z.enum(["local", "bigquery"]),
  days: z.object({ from: z.string(), to: z.string() }).nullable(),
});

/** Rows of daily_metrics by column; `day`, `country` and `platform` are indexes into the lists above them. */
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
    /** USD, as decimal strings so that no digit is lost. */
    total_iap_revenue: z.array(z.string()),
    total_ad_revenue: z.array(z.string()),
    matches_started: z.array(count),
    matches_ended: z.array(count),
    victories: z.array(count),
    defeats: z.array(count),
    server_connection_errors: z.array(count),
  }),
});

/** How fresh the data is, and how much of it there is. */
export const FreshnessAnswer = z.object({
  version,
  rows: z.object({ raw: count, dailyMetrics: count }),
  /** The jobs that bring new figures, and when each last finished: ISO 8601, or null if it never ran. */
  runs: z.array(z.object({ name: z.string(), at: z.string().nullable() })),
});

/** The results of the checks on the newest days; `days` is null while there is nothing to check. */
export const ChecksAnswer = z.object({
  version,
  days: z.object({ from: z.string(), to: z.string() }).nullable(),
  checks: z.array(
    z.object({
      table: z.string(),
      severity: z.enum(["fail", "warn"]),
      claim: z.string(),
      /** The number of rows that break the claim. */
      found: count,
    }),
  ),
});

export type DaysQuery = z.infer<typeof DaysQuery>;
export type DaysAnswer = z.infer<typeof DaysAnswer>;
export type MetricsAnswer = z.infer<typeof MetricsAnswer>;
export type FreshnessAnswer = z.infer<typeof FreshnessAnswer>;
export type ChecksAnswer = z.infer<typeof ChecksAnswer>;
