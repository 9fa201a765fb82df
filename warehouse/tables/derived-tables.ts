import { addDays, type DateRange } from "../days.ts";
import type { SharedStatement } from "../templates.ts";
import { activeUsersStatement } from "./active_users/active-users.ts";
import { clanDailyMetricsStatement } from "./clan_daily_metrics/clan-daily-metrics.ts";
import { cohortMetricsStatement } from "./cohort_metrics/cohort-metrics.ts";
import { dailyMetricsStatement } from "./daily_metrics/replace-days.ts";
import { membershipCohortsStatement } from "./membership_cohorts/membership-cohorts.ts";
import { membershipMetricsStatement } from "./membership_metrics/membership-metrics.ts";
import {
  activeUsersRunsTable,
  activeUsersTable,
  clanDailyMetricsRunsTable,
  clanDailyMetricsTable,
  cohortMetricsRunsTable,
  cohortMetricsTable,
  dailyMetricsRunsTable,
  dailyMetricsTable,
  membershipCohortsRunsTable,
  membershipCohortsTable,
  membershipMetricsRunsTable,
  membershipMetricsTable,
  type Table,
} from "./table.ts";

/** A table that is computed from the raw table, day by day. */
export interface DerivedTable {
  table: Table;
  /** Its syncs and loads that a run has covered. */
  runs: Table;
  /** Its rows of the days from `from_date` to `to_date`. */
  query: SharedStatement;
  /** A raw row of a day touches the rows of that day and of so many days after it. */
  daysAfter: number;
  /** A membership that begins or ends touches the rows of its day and of all days after it. */
  dependsOnMemberships: boolean;
  /** What rows fulfil, in SQL, that were written before a column was added to the table. */
  isOutdated?: string;
}

export const dailyMetrics: DerivedTable = {
  table: dailyMetricsTable,
  runs: dailyMetricsRunsTable,
  query: dailyMetricsStatement,
  daysAfter: 0,
  dependsOnMemberships: false,
  isOutdated: "payers is null",
};

/** The tables that follow a sync, a load or an erasure, in this order. */
export const derivedTables: DerivedTable[] = [
  dailyMetrics,
  {
    table: activeUsersTable,
    runs: activeUsersRunsTable,
    query: activeUsersStatement,
    // A user counts in the 30 days that begin with the activity.
    daysAfter: 29,
    dependsOnMemberships: false,
  },
  {
    table: cohortMetricsTable,
    runs: cohortMetricsRunsTable,
    query: cohortMetricsStatement,
    daysAfter: 0,
    dependsOnMemberships: false,
  },
  {
    table: clanDailyMetricsTable,
    runs: clanDailyMetricsRunsTable,
    query: clanDailyMetricsStatement,
    // A player is active in the week that begins with the activity, and that week is compared with up to four weeks later.
    daysAfter: 34,
    dependsOnMemberships: true,
  },
  {
    table: membershipMetricsTable,
    runs: membershipMetricsRunsTable,
    query: membershipMetricsStatement,
    daysAfter: 0,
    dependsOnMemberships: true,
  },
  {
    table: membershipCohortsTable,
    runs: membershipCohortsRunsTable,
    query: membershipCohortsStatement,
    // The day of an install is that of a cohort until day 60.
    daysAfter: 60,
    dependsOnMemberships: true,
  },
];

/** The days of a table that raw rows of these days touch. */
export const touchedDays = ({ daysAfter }: DerivedTable, { from_date, to_date }: DateRange): DateRange => ({
  from_date,
  to_date: addDays(to_date, daysAfter),
});
