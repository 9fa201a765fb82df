import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { logMetrics } from "./definitions/log-metrics.ts";

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
