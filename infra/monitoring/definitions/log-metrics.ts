/** Metrics that Cloud Run lacks, read from the fields of each request's entry in the service's log (service/src/logging.ts). */
export const logMetrics = [
  {
    name: "clan-request-latency",
    field: "elapsed_ms",
    unit: "ms",
    buckets: [5, 10, 25, 50, 100, 200, 300, 500, 1_000, 3_000, 10_000, 30_000],
    label: "operation",
  },
  {
    name: "clan-pool-in-use",
    field: "pool_in_use",
    unit: "1",
    buckets: [1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100],
  },
  { name: "clan-pool-waiting", field: "pool_waiting", unit: "1", buckets: [1, 2, 5, 10, 20, 50, 100, 200] },
];
