import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

/** Metrics that Cloud Run lacks, read from the fields of each request's entry in the service's log (service/src/logging.ts). */
const logMetrics = [
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

/** The operation is a method and a route, never a path, so a metric has no more series than the service has operations. */
export function createLogMetrics(service: pulumi.Output<string>, opts: pulumi.CustomResourceOptions): void {
  for (const { name, field, unit, buckets, label } of logMetrics) {
    new gcp.logging.Metric(
      name,
      {
        name,
        filter: pulumi.interpolate`resource.type="cloud_run_revision" AND resource.labels.service_name="${service}" AND jsonPayload.operation:* AND jsonPayload.${field}:*`,
        metricDescriptor: {
          metricKind: "DELTA",
          valueType: "DISTRIBUTION",
          unit,
          ...(label && { labels: [{ key: label, valueType: "STRING" }] }),
        },
        valueExtractor: `EXTRACT(jsonPayload.${field})`,
        ...(label && { labelExtractors: { [label]: `EXTRACT(jsonPayload.${label})` } }),
        bucketOptions: { explicitBuckets: { bounds: buckets } },
      },
      opts,
    );
  }
}
