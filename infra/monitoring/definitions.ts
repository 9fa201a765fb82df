import type { Metric, QueryName, Where } from "./metrics.ts";

/**
 * What is watched: the only place where an objective, an alert or a chart is defined. The resources of `Monitoring`, the
 * dashboard and the table in docs/operate.md are generated from it. Figures that depend on the stack are in `Limits`.
 */
export interface Limits {
  maxDiskGb: number;
  maxConnections: number;
  /** How old the metrics may get, in minutes; undefined if they are computed once a day. */
  freshMinutes: number | undefined;
}

export type Owner = "platform" | "data";

/** What a person who is notified reads. `firstSteps` are also the alert's runbook in docs/operate.md, in more words. */
interface Explained {
  id: string;
  title: string;
  owner: Owner;
  meaning: string;
  firstSteps: string[];
}

export interface Objective extends Explained {
  /** The share of requests, or of windows, that has to be good within 30 days. */
  goal: number;
  good:
    | { total: Metric; bad: Where }
    | { below: number; of: Metric }
    | { succeeded: Where; of: Metric; inWindowOf: "freshMinutes" };
}

export const objectives: Objective[] = [
  {
    id: "availability",
    title: "99.9 % of requests are answered without an error of ours (5xx)",
    owner: "platform",
    goal: 0.999,
    good: { total: { on: "service", type: "request_count" }, bad: { response_code_class: "5xx" } },
    meaning:
      "Game clients get errors: retries of writes with a key are safe, but players wait or see failures.",
    firstSteps: [
      "Read the service's logs with severity ERROR: each names the request and the error.",
      "After a deployment, roll back the service (README, Operate it).",
      "503 with reason OVERLOADED: see the dashboard's pool and database charts.",
    ],
  },
  {
    id: "latency",
    title: "95 % of requests are answered within 300 ms",
    owner: "platform",
    goal: 0.95,
    good: { below: 300, of: { on: "service", type: "request_latencies" } },
    meaning:
      "Players wait. Bulk imports take seconds and count too; normally they are far fewer than 5 % of the requests.",
    firstSteps: [
      "Find the slow operation in the dashboard's chart of latency by operation.",
      "Requests that wait for the pool: raise poolMax or maxInstances within the database's connections.",
      "Otherwise look for a slow query or a lock in Query Insights.",
    ],
  },
  {
    id: "freshness",
    title: "In 99 % of the windows, activity reaches the metrics in time",
    owner: "data",
    goal: 0.99,
    good: {
      succeeded: { completion_state: "SUCCEEDED" },
      of: { on: "activity_sync", type: "transfer_config/completed_runs" },
      inWindowOf: "freshMinutes",
    },
    meaning: "The dashboard and Looker Studio show old figures. No data are lost: the next run catches up.",
    firstSteps: [
      "Open the run history of activity_sync in BigQuery: it has the error.",
      'Sync now: eval "$(pulumi stack output syncCommand)".',
      "If the runs are slow rather than failed, see the database's CPU: the sync reads from it.",
    ],
  },
];

/** Both windows of a tier must burn the budget at its rate: the long one shows that it matters, the short one that it goes on. */
export const burnRates = [
  {
    id: "fast",
    rate: 14.4,
    long: "1h",
    short: "5m",
    severity: "CRITICAL",
    pace: "2 % of the month's error budget is spent in an hour",
  },
  {
    id: "slow",
    rate: 6,
    long: "6h",
    short: "30m",
    severity: "ERROR",
    pace: "5 % of the month's error budget is spent in six hours",
  },
  {
    id: "creeping",
    rate: 3,
    long: "24h",
    short: "2h",
    severity: "WARNING",
    pace: "10 % of the month's error budget is spent in a day",
  },
] as const;

/** An alert on a threshold. A condition holds as soon as it is true for `forMinutes`. */
export interface ThresholdAlert extends Explained {
  severity: "CRITICAL" | "ERROR" | "WARNING";
  metric: Metric;
  aligner: string;
  reducer?: string;
  periodMinutes: number;
  above: number;
  forMinutes: number;
}

export const thresholdAlerts = ({ maxDiskGb, maxConnections }: Limits): ThresholdAlert[] => [
  {
    id: "down",
    title: "The clan service does not answer",
    severity: "CRITICAL",
    owner: "platform",
    // Probes from more than one location failed.
    metric: { on: "uptime", type: "uptime_check/check_passed" },
    aligner: "ALIGN_NEXT_OLDER",
    reducer: "REDUCE_COUNT_FALSE",
    periodMinutes: 20,
    above: 1,
    forMinutes: 5,
    meaning:
      "Probes of /health/ready from several places fail. It queries the database, so either may be down.",
    firstSteps: [
      "Read the service's logs; no entries at all: see the service's revisions in Cloud Run.",
      "Check that the database runs: gcloud sql instances describe INSTANCE --format='value(state)'.",
      "After a deployment, roll back the service (README, Operate it).",
    ],
  },
  {
    id: "database-cpu",
    title: "The database's CPU is above 90 %",
    severity: "ERROR",
    owner: "platform",
    metric: { on: "database", type: "cpu/utilization" },
    aligner: "ALIGN_MEAN",
    periodMinutes: 1,
    above: 0.9,
    forMinutes: 15,
    meaning: "Queries queue, latency rises, and the service soon sheds load with 503.",
    firstSteps: [
      "Find the query that takes the time in Query Insights.",
      "During an import, wait for its end or send it more slowly.",
      "Choose a larger databaseTier: it restarts the database, for a minute at most in two zones.",
    ],
  },
  {
    id: "database-disk",
    title: "The database's disk has reached 85 % of its limit",
    severity: "CRITICAL",
    owner: "platform",
    metric: { on: "database", type: "disk/bytes_used" },
    aligner: "ALIGN_MEAN",
    periodMinutes: 1,
    above: 0.85 * maxDiskGb * 1e9,
    forMinutes: 5,
    meaning: "PostgreSQL stops when the disk is full. It grows by itself only up to databaseMaxDiskGb.",
    firstSteps: [
      "Raise databaseMaxDiskGb, then pulumi up --refresh: it takes seconds and restarts nothing.",
      "Compare the growth with npm run plan -- --dau N.",
    ],
  },
  {
    id: "database-connections",
    title: "80 % of the database's connections are in use",
    severity: "WARNING",
    owner: "platform",
    metric: { on: "database", type: "postgresql/num_backends" },
    aligner: "ALIGN_MAX",
    reducer: "REDUCE_SUM",
    periodMinutes: 1,
    above: 0.8 * maxConnections,
    forMinutes: 5,
    meaning: "When none is left, new instances of the service can't start, and people can't log in.",
    firstSteps: [
      "See what holds them: select usename, state, count(*) from pg_stat_activity group by 1, 2.",
      "Lower poolMax or maxInstances, or choose a larger databaseTier.",
    ],
  },
];

const catchUp: Record<string, string> = {
  activity_sync: 'The next run catches up; to run it now: eval "$(pulumi stack output syncCommand)".',
  daily_metrics: "Recompute missed days with npm run backfill -- --target bigquery.",
  daily_metrics_checks: "See the checks that fail with npm run validate -- --target bigquery.",
};

/** The alerts of a scheduled query; a new table's query needs no more than its line in `catchUp`, and works without. */
export const queryAlerts = (query: QueryName) => ({
  failed: {
    id: `${query}-failed`,
    title: `The scheduled query ${query} failed`,
    severity: "ERROR" as const,
    owner: "data" as const,
    meaning:
      "A run ended in another state than SUCCEEDED. Earlier results are kept: a run replaces its days in one statement.",
    firstSteps: [
      `Open ${query} in BigQuery's scheduled queries: its run history has the error.`,
      catchUp[query] ?? "The next run catches up.",
    ],
  },
  missing: {
    id: `${query}-missing`,
    title: `The scheduled query ${query} has not succeeded in time`,
    severity: "ERROR" as const,
    owner: "data" as const,
    meaning:
      "No success for 25 hours, or for twice its interval if it runs more often: what depends on it is old. A query that is disabled or does not run at all raises only this alert.",
    firstSteps: [
      `Check in BigQuery's scheduled queries that ${query} is enabled, and read its run history.`,
      catchUp[query] ?? "The next run catches up.",
    ],
  },
});

export interface Chart {
  title: string;
  lines: { metric: Metric; aligner: string; reducer?: string; by?: string[]; legend?: string }[];
  unit?: string;
}

export const charts: Chart[] = [
  {
    title: "Traffic: requests per second",
    lines: [
      {
        metric: { on: "service", type: "request_count" },
        aligner: "ALIGN_RATE",
        reducer: "REDUCE_SUM",
        by: ["metric.label.response_code_class"],
      },
    ],
  },
  {
    title: "Errors (5xx) per second",
    lines: [
      {
        metric: { on: "service", type: "request_count", where: { response_code_class: "5xx" } },
        aligner: "ALIGN_RATE",
        reducer: "REDUCE_SUM",
      },
    ],
  },
  {
    title: "Latency by operation, 95th percentile, ms",
    lines: [
      {
        metric: { on: "requests", type: "clan-request-latency" },
        aligner: "ALIGN_DELTA",
        reducer: "REDUCE_PERCENTILE_95",
        by: ["metric.label.operation"],
      },
    ],
  },
  {
    title: "Pool: connections in use and requests waiting, per instance, 95th percentile",
    lines: [
      {
        metric: { on: "requests", type: "clan-pool-in-use" },
        aligner: "ALIGN_DELTA",
        reducer: "REDUCE_PERCENTILE_95",
        legend: "in use",
      },
      {
        metric: { on: "requests", type: "clan-pool-waiting" },
        aligner: "ALIGN_DELTA",
        reducer: "REDUCE_PERCENTILE_95",
        legend: "waiting",
      },
    ],
  },
  {
    title: "Instances of the service",
    lines: [
      {
        metric: { on: "service", type: "container/instance_count" },
        aligner: "ALIGN_MAX",
        reducer: "REDUCE_SUM",
        by: ["metric.label.state"],
      },
    ],
  },
  {
    title: "Database: CPU and memory, share",
    lines: [
      { metric: { on: "database", type: "cpu/utilization" }, aligner: "ALIGN_MEAN", legend: "CPU" },
      { metric: { on: "database", type: "memory/utilization" }, aligner: "ALIGN_MEAN", legend: "memory" },
    ],
  },
  {
    title: "Database: connections by state",
    lines: [
      {
        metric: { on: "database", type: "postgresql/num_backends_by_state" },
        aligner: "ALIGN_MAX",
        reducer: "REDUCE_SUM",
        by: ["metric.label.state"],
      },
    ],
  },
  {
    title: "Database: disk, bytes",
    lines: [{ metric: { on: "database", type: "disk/bytes_used" }, aligner: "ALIGN_MEAN" }],
  },
  {
    title: "Sync lag: runs of activity_sync by result (a gap is lag)",
    lines: [
      {
        metric: { on: "activity_sync", type: "transfer_config/completed_runs" },
        aligner: "ALIGN_DELTA",
        reducer: "REDUCE_SUM",
        by: ["metric.label.completion_state"],
      },
    ],
  },
  {
    title: "Freshness: runs of daily_metrics by result (a gap is age)",
    lines: [
      {
        metric: { on: "daily_metrics", type: "transfer_config/completed_runs" },
        aligner: "ALIGN_DELTA",
        reducer: "REDUCE_SUM",
        by: ["metric.label.completion_state"],
      },
    ],
  },
  {
    title: "Rows written per second, by operation",
    lines: [
      {
        metric: { on: "database", type: "postgresql/tuples_processed_count" },
        aligner: "ALIGN_RATE",
        reducer: "REDUCE_SUM",
        by: ["metric.label.operation_type"],
      },
    ],
  },
  {
    title: "Rows in the database",
    lines: [
      {
        metric: { on: "database", type: "postgresql/tuple_size" },
        aligner: "ALIGN_MEAN",
        reducer: "REDUCE_SUM",
        by: ["metric.label.tuple_state"],
      },
    ],
  },
  {
    title: "Cost: bytes that BigQuery bills, per second",
    lines: [
      {
        metric: { on: "bigquery", type: "query/scanned_bytes_billed" },
        aligner: "ALIGN_RATE",
        reducer: "REDUCE_SUM",
      },
    ],
  },
  {
    title: "Cost: instance seconds that Cloud Run bills, per second",
    lines: [
      {
        metric: { on: "service", type: "container/billable_instance_time" },
        aligner: "ALIGN_RATE",
        reducer: "REDUCE_SUM",
      },
    ],
  },
  {
    title: "Cost: bytes of logs, per second",
    lines: [
      {
        metric: { on: "logging", type: "billing/bytes_ingested" },
        aligner: "ALIGN_RATE",
        reducer: "REDUCE_SUM",
      },
    ],
  },
];
