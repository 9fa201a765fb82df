import { isDay } from "@clan-platform/contract/day.ts";
import { z } from "zod";

export const day = z.string().refine(isDay, "must be a day as YYYY-MM-DD");
export const count = z.int();
/** Changes when the data does; null while there is no warehouse. */
export const version = z.string().nullable();
/** Whether another process holds the warehouse, and this is an older answer. */
export const isHeld = z.boolean();

/** What every question about days is refined by. */
export const isInOrder = ({ from, to }: { from: string; to: string }): boolean => from <= to;
export const outOfOrder = { path: ["to"], error: "must not be before from" };

/** The requested days, both included. */
export const DaysQuery = z.strictObject({ from: day, to: day }).refine(isInOrder, outOfOrder);

/** The first and the last day that have figures, and those between that have none; null when there are none yet. */
export const DaysAnswer = z.object({
  version,
  isHeld,
  source: z.string(),
  target: z.enum(["local", "bigquery"]),
  days: z.object({ from: z.string(), to: z.string(), missing: z.array(z.string()) }).nullable(),
});

/** Sums of daily_metrics by column, with one entry for each group, in the order of the columns of `groups`. */
export const FiguresAnswer = z.object({
  version,
  isHeld,
  /** How many of the requested days have rows, whatever their platform and country. */
  days: count,
  /** The columns that were requested; the first day of a week or month may be before the requested days. */
  groups: z.object({
    day: z.array(z.string()).optional(),
    country: z.array(z.string()).optional(),
    platform: z.array(z.string()).optional(),
    /** `in_clan` or `no_clan` */
    membership: z.array(z.string()).optional(),
  }),
  sums: z.object({
    dau: z.array(count),
    /** USD, as decimal strings so that no digit is lost. */
    total_iap_revenue: z.array(z.string()),
    total_ad_revenue: z.array(z.string()),
    matches_started: z.array(count),
    matches_ended: z.array(count),
    victories: z.array(count),
    defeats: z.array(count),
    server_connection_errors: z.array(count),
    /** 0 in rows from before these columns were added, until they are computed again. */
    payers: z.array(count),
    new_users: z.array(count),
    total_sessions: z.array(count),
    /** Seconds, as decimal strings. */
    total_session_duration: z.array(z.string()),
  }),
});

/** Distinct users by day, of one country and platform or of all; days without any have no entry. */
export const PeopleAnswer = z.object({
  version,
  isHeld,
  days: z.array(
    z.object({
      day: z.string(),
      dau: count,
      wau: count,
      mau: count,
      new_users: count,
      returning_users: count,
      resurrected_users: count,
      payers: count,
    }),
  ),
});

/**
 * What became of the installs of these days, by week. Each list has an entry for every day *n* since the install, from 0 to 90:
 * of the install days whose day *n* is over and has figures, how many there are, and the sums of their users.
 */
export const CohortsAnswer = z.object({
  version,
  isHeld,
  weeks: z.array(
    z.object({
      /** The Monday; of its days, those in the requested ones are counted. */
      week: z.string(),
      install_days: z.array(count),
      /** Active on day 0. */
      installed: z.array(count),
      /** Active on day *n*. */
      active: z.array(count),
      /** The same for install days of which every day from 0 to *n* has figures, so that their revenue adds up. */
      whole_install_days: z.array(count),
      whole_installed: z.array(count),
      /** USD, IAP and ad, of days 0 to *n*. */
      revenue: z.array(z.number()),
    }),
  ),
});

/** How fresh the data is, and how much of it there is. */
export const FreshnessAnswer = z.object({
  version,
  isHeld,
  rows: z.object({ raw: count, dailyMetrics: count }),
  /** The jobs that bring new figures, and when each last finished: ISO 8601, or null if it never ran. */
  runs: z.array(z.object({ name: z.string(), at: z.string().nullable() })),
});

/** The results of the checks on the newest days; `days` is null while there is nothing to check. */
export const ChecksAnswer = z.object({
  version,
  isHeld,
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

/** The figures that are far from the usual ones of their weekday, the most important first, at most 50. */
export const UnusualAnswer = z.object({
  version,
  isHeld,
  days: z.array(
    z.object({
      day: z.string(),
      scope: z.enum(["all", "platform", "country"]),
      /** The platform or country; `all` for all. */
      name: z.string(),
      metric: z.enum(["dau", "iap", "ad", "matches_per_dau", "errors_per_dau", "win_ratio"]),
      /** 0 where the scope has no row that day. */
      value: z.number(),
      usual: z.number(),
      /** From here to `high`, a value is not unusual. */
      low: z.number(),
      high: z.number(),
      /** How many scales the value is above (or, negative, below) the usual one. */
      score: z.number(),
      /** Of the scope on that day. */
      dau: count,
    }),
  ),
});

/** What people noted about the requested days. */
export const AnnotationsAnswer = z.object({
  version,
  isHeld,
  annotations: z.array(
    z.object({
      id: z.string(),
      day: z.string(),
      text: z.string(),
      /** Null for all metrics. */
      metric: z.string().nullable(),
      /** Null for all countries. */
      country: z.string().nullable(),
    }),
  ),
});

export type DaysQuery = z.infer<typeof DaysQuery>;
export type DaysAnswer = z.infer<typeof DaysAnswer>;
export type FiguresAnswer = z.infer<typeof FiguresAnswer>;
export type PeopleAnswer = z.infer<typeof PeopleAnswer>;
export type CohortsAnswer = z.infer<typeof CohortsAnswer>;
export type FreshnessAnswer = z.infer<typeof FreshnessAnswer>;
export type ChecksAnswer = z.infer<typeof ChecksAnswer>;
export type UnusualAnswer = z.infer<typeof UnusualAnswer>;
export type AnnotationsAnswer = z.infer<typeof AnnotationsAnswer>;
