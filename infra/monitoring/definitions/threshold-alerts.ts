import type { Limits, ThresholdAlert } from "./forms.ts";

/** The alerts on a metric that exceeds a threshold. */
export const thresholdAlerts = (limits: Limits): ThresholdAlert[] => [
  ...platformAlerts(limits),
  ...(limits.hasDashboard ? dashboardAlerts : []),
];

const platformAlerts = ({ maxDiskGb, maxConnections }: Limits): ThresholdAlert[] => [
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
      "Choose a larger databaseTier: it restarts the database.",
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
      "As postgres (docs/operate.md, Procedures), see what holds them: select usename, state, count(*) from pg_stat_activity group by 1, 2.",
      "Lower poolMax or maxInstances, or choose a larger databaseTier.",
    ],
  },
];

// A few people open it: a share of their requests would say little.
const dashboardAlerts: ThresholdAlert[] = [
  {
    id: "dashboard-errors",
    title: "The dashboard answers with errors (5xx)",
    severity: "ERROR",
    owner: "data",
    metric: { on: "dashboard", type: "request_count", where: { response_code_class: "5xx" } },
    aligner: "ALIGN_DELTA",
    reducer: "REDUCE_SUM",
    periodMinutes: 5,
    above: 5,
    forMinutes: 0,
    meaning:
      "People who open the deployed dashboard see an error instead of figures. The API is not affected.",
    firstSteps: [
      "Read the logs of clan-dashboard with severity ERROR: each names the query and BigQuery's error.",
      "After a deployment, roll back clan-dashboard as the service (docs/operate.md, Procedures).",
      "Refused queries: pulumi up --refresh restores its account's grants.",
    ],
  },
  {
    id: "dashboard-latency",
    title: "The dashboard takes more than 10 seconds for 5 % of its requests",
    severity: "WARNING",
    owner: "data",
    metric: { on: "dashboard", type: "request_latencies" },
    aligner: "ALIGN_DELTA",
    reducer: "REDUCE_PERCENTILE_95",
    periodMinutes: 15,
    above: 10_000,
    forMinutes: 15,
    meaning: "People wait for BigQuery or for its only instance. A first start alone takes a few seconds.",
    firstSteps: [
      "See in BigQuery's job history of clan-dashboard whether its queries wait for slots or read more than usual.",
      "Queries that are fast: see the instance's CPU and memory in Cloud Run.",
    ],
  },
];
