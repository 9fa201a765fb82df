import {
  type Chart,
  highest,
  type Limits,
  mean,
  type Objective,
  percentile95,
  perSecond,
  runs,
  type ThresholdAlert,
} from "./definition.ts";
import type { QueryName } from "./metrics.ts";

// What is watched: the only place where an objective, an alert or a chart is defined. The resources of `Monitoring`, the
// dashboard and the table in docs/operate.md are generated from it.

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
      "After a deployment, roll back the service (docs/operate.md, Procedures).",
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
      // It syncs activity and recomputes the touched days in one run.
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
      "After a deployment, roll back the service (docs/operate.md, Procedures).",
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

const service = (type: string) => ({ on: "service" as const, type });
const requests = (type: string) => ({ on: "requests" as const, type });
const database = (type: string) => ({ on: "database" as const, type });
const succeeded = { completion_state: "SUCCEEDED" };

export const charts: Chart[] = [
  {
    title: "Traffic: requests per second",
    lines: [perSecond(service("request_count"), "response_code_class")],
  },
  {
    title: "Errors (5xx) per second",
    lines: [perSecond({ ...service("request_count"), where: { response_code_class: "5xx" } })],
  },
  {
    title: "Latency by operation, 95th percentile, ms",
    lines: [percentile95(requests("clan-request-latency"), { label: "operation" })],
  },
  {
    title: "Pool: connections in use and requests waiting, per instance, 95th percentile",
    lines: [
      percentile95(requests("clan-pool-in-use"), { legend: "in use" }),
      percentile95(requests("clan-pool-waiting"), { legend: "waiting" }),
    ],
  },
  { title: "Instances of the service", lines: [highest(service("container/instance_count"), "state")] },
  {
    title: "Database: CPU and memory, share",
    lines: [mean(database("cpu/utilization"), "CPU"), mean(database("memory/utilization"), "memory")],
  },
  {
    title: "Database: connections by state",
    lines: [highest(database("postgresql/num_backends_by_state"), "state")],
  },
  { title: "Database: disk, bytes", lines: [mean(database("disk/bytes_used"))] },
  { title: "Sync lag: runs of activity_sync by result (a gap is lag)", lines: [runs("activity_sync")] },
  {
    title: "Freshness: successful runs that compute metrics (a gap is age)",
    lines: [runs("activity_sync", succeeded), runs("daily_metrics", succeeded)],
  },
  {
    title: "Rows written per second, by operation",
    lines: [perSecond(database("postgresql/tuples_processed_count"), "operation_type")],
  },
  {
    title: "Rows in the database",
    lines: [{ ...highest(database("postgresql/tuple_size"), "tuple_state"), aligner: "ALIGN_MEAN" }],
  },
  {
    title: "Cost: bytes that BigQuery bills, per second",
    lines: [perSecond({ on: "bigquery", type: "query/scanned_bytes_billed" })],
  },
  {
    title: "Cost: instance seconds that Cloud Run bills, per second",
    lines: [perSecond(service("container/billable_instance_time"))],
  },
  {
    title: "Cost: bytes of logs, per second",
    lines: [perSecond({ on: "logging", type: "billing/bytes_ingested" })],
  },
];
