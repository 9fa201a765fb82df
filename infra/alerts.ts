import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

type Threshold = gcp.types.input.monitoring.AlertPolicyConditionConditionThreshold;

/** A condition, the title of its notification, and what to check when it fires. */
export interface Alert {
  id: string;
  title: string;
  remedy: string;
  threshold: Threshold;
}

export interface DatabaseLimits {
  maxDiskGb: number;
  maxConnections: number;
}

export function serviceAlerts(service: pulumi.Output<string>, uptimeCheck: pulumi.Output<string>): Alert[] {
  const of = (metric: string) =>
    pulumi.interpolate`resource.type="cloud_run_revision" AND resource.label.service_name="${service}" AND metric.type="run.googleapis.com/${metric}"`;
  const probed = pulumi.interpolate`resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.label.check_id="${uptimeCheck}"`;
  const failed = pulumi.interpolate`${of("request_count")} AND metric.label.response_code_class="5xx"`;
  const rate = aggregate("ALIGN_RATE", "REDUCE_SUM");
  const slow = aggregate("ALIGN_PERCENTILE_95", "REDUCE_MAX");
  return [
    {
      id: "down",
      title: "The clan service does not answer",
      remedy: "Check its logs and /health/ready, which queries the database.",
      // Probes from more than one location failed.
      threshold: above(1, "300s", probed, aggregate("ALIGN_NEXT_OLDER", "REDUCE_COUNT_FALSE", "1200s")),
    },
    {
      id: "errors",
      title: "More than 1 % of the clan service's responses are errors (5xx)",
      remedy: "Check the logs with severity ERROR; after a deployment, roll back.",
      threshold: {
        ...above(0.01, "300s", failed, rate),
        denominatorFilter: of("request_count"),
        denominatorAggregations: rate,
      },
    },
    {
      id: "latency",
      title: "The clan service's 95th-percentile latency is above one second",
      remedy: "Check the database's CPU, connections and Query Insights.",
      // Milliseconds.
      threshold: above(1_000, "600s", of("request_latencies"), slow),
    },
  ];
}

/** `databaseId` is PROJECT:INSTANCE. */
export function databaseAlerts(
  databaseId: pulumi.Output<string>,
  { maxDiskGb, maxConnections }: DatabaseLimits,
): Alert[] {
  const of = (metric: string) =>
    pulumi.interpolate`resource.type="cloudsql_database" AND resource.label.database_id="${databaseId}" AND metric.type="cloudsql.googleapis.com/database/${metric}"`;
  const mean = aggregate("ALIGN_MEAN");
  const most = aggregate("ALIGN_MAX", "REDUCE_SUM");
  return [
    {
      id: "database-cpu",
      title: "The database's CPU is above 90 %",
      remedy: "Check Query Insights; a larger databaseTier restarts the database.",
      threshold: above(0.9, "900s", of("cpu/utilization"), mean),
    },
    {
      id: "database-disk",
      title: "The database's disk has reached 85 % of its limit",
      remedy: "Raise databaseMaxDiskGb: PostgreSQL stops when the disk is full.",
      threshold: above(0.85 * maxDiskGb * 1e9, "300s", of("disk/bytes_used"), mean),
    },
    {
      id: "database-connections",
      title: "80 % of the database's connections are in use",
      remedy:
        "Check what holds them (pg_stat_activity); lower poolMax or maxInstances, or choose a larger databaseTier.",
      threshold: above(0.8 * maxConnections, "300s", of("postgresql/num_backends"), most),
    },
  ];
}

// How days are recovered for which a scheduled query did not run.
const catchingUp = {
  activity_sync: "The next run catches up.",
  daily_metrics: "npm run backfill recomputes missed days.",
  daily_metrics_checks: "npm run validate -- --target bigquery shows the checks.",
};

/** `id` is the last segment of projects/…/transferConfigs/ID. */
export function scheduledQueryAlerts(name: keyof typeof catchingUp, id: pulumi.Output<string>): Alert[] {
  const runs = (states: string) =>
    pulumi.interpolate`resource.type="bigquery_dts_config" AND resource.label.config_id="${id}" AND metric.type="bigquerydatatransfer.googleapis.com/transfer_config/completed_runs" AND metric.label.completion_state${states}`;
  return [
    {
      id: `${name}-failed`,
      title: `The scheduled query ${name} failed`,
      remedy: `Its run history in BigQuery shows why. ${catchingUp[name]}`,
      threshold: above(0, "0s", runs('!="SUCCEEDED"'), aggregate("ALIGN_DELTA", "REDUCE_SUM", "300s")),
    },
    {
      id: `${name}-missing`,
      title: `The scheduled query ${name} has not succeeded for 25 hours`,
      remedy: `Check whether it is disabled, and its run history. ${catchingUp[name]}`,
      threshold: {
        filter: runs('="SUCCEEDED"'),
        // The longest alignment period that Monitoring allows.
        aggregations: aggregate("ALIGN_DELTA", "REDUCE_SUM", "90000s"),
        comparison: "COMPARISON_LT",
        thresholdValue: 1,
        // Missing data is evaluated only if the duration is at least 60 s.
        duration: "60s",
        evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
      },
    },
  ];
}

const above = (
  thresholdValue: number,
  duration: string,
  filter: Threshold["filter"],
  aggregations: ReturnType<typeof aggregate>,
): Threshold => ({ comparison: "COMPARISON_GT", thresholdValue, duration, filter, aggregations });

const aggregate = (perSeriesAligner: string, crossSeriesReducer = "REDUCE_NONE", alignmentPeriod = "60s") => [
  { alignmentPeriod, perSeriesAligner, crossSeriesReducer },
];
