import { type Chart, highest, mean, percentile95, perSecond, runs } from "./forms.ts";

const service = (type: string) => ({ on: "service" as const, type });
const requests = (type: string) => ({ on: "requests" as const, type });
const database = (type: string) => ({ on: "database" as const, type });
const succeeded = { completion_state: "SUCCEEDED" };

/** The charts of the dashboard in Cloud Monitoring. */
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
