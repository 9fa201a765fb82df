import * as pulumi from "@pulumi/pulumi";

/** The name of a scheduled query. */
export type QueryName = string;

/** Labels of a metric with the value that each must have. */
export type Where = Record<string, string>;

/**
 * A metric of Google's, or one of ours that is counted from the service's logs (`requests`). Names are those of
 * https://cloud.google.com/monitoring/api/metrics_gcp without their domain.
 */
export interface Metric {
  on:
    | "service"
    | "requests"
    | "dashboard"
    | "retention"
    | "database"
    | "uptime"
    | "bigquery"
    | "logging"
    | QueryName;
  type: string;
  where?: Where;
}

/** The resources of a stack that metrics belong to. */
export interface Watched {
  /** Name of the Cloud Run service. */
  service: pulumi.Output<string>;
  /** Name of the dashboard's, if there is one. */
  dashboard?: pulumi.Output<string> | undefined;
  /** Names of the Cloud Run jobs that apply retention. */
  retention: pulumi.Output<string[]>;
  /** PROJECT:INSTANCE. */
  database: pulumi.Output<string>;
  uptimeCheck: pulumi.Output<string>;
  /** The last segment of projects/…/transferConfigs/ID, by scheduled query. */
  queries: Record<QueryName, pulumi.Output<string>>;
}

/** A metric as Monitoring's filter language names it (https://cloud.google.com/monitoring/api/v3/filters). */
export function filterOf({ on, type, where = {} }: Metric, watched: Watched): pulumi.Output<string> {
  const labels = Object.entries(where).map(([label, value]) => ` AND metric.label.${label}="${value}"`);
  return pulumi.interpolate`${resource(on, watched)}${type}"${labels.join("")}${
    on === "uptime" ? pulumi.interpolate` AND metric.label.check_id="${watched.uptimeCheck}"` : ""
  }`;
}

/** The resource, and the metric's type up to its own name. */
function resource(on: Metric["on"], watched: Watched): pulumi.Output<string> {
  const { service, dashboard, retention, database, queries } = watched;
  const revisionOf = (name: pulumi.Output<string>) =>
    pulumi.interpolate`resource.type="cloud_run_revision" AND resource.label.service_name="${name}" AND metric.type="`;
  switch (on) {
    case "service":
      return pulumi.interpolate`${revisionOf(service)}run.googleapis.com/`;
    case "requests":
      return pulumi.interpolate`${revisionOf(service)}logging.googleapis.com/user/`;
    case "dashboard":
      if (!dashboard) throw new Error("there is no dashboard to watch");
      return pulumi.interpolate`${revisionOf(dashboard)}run.googleapis.com/`;
    case "retention":
      return retention.apply((jobs) => {
        const names = jobs.map((job) => `"${job}"`).join(",");
        return `resource.type="cloud_run_job" AND resource.label.job_name=one_of(${names}) AND metric.type="run.googleapis.com/`;
      });
    case "database":
      return pulumi.interpolate`resource.type="cloudsql_database" AND resource.label.database_id="${database}" AND metric.type="cloudsql.googleapis.com/database/`;
    case "uptime":
      return pulumi.output('resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/');
    case "bigquery":
      // Not of resource bigquery_project: others found that Monitoring refuses that combination (believed).
      return pulumi.output('resource.type="global" AND metric.type="bigquery.googleapis.com/');
    case "logging":
      return pulumi.output('resource.type="logging_bucket" AND metric.type="logging.googleapis.com/');
    default: {
      const id = queries[on];
      if (!id) throw new Error(`there is no scheduled query ${on} to watch`);
      return pulumi.interpolate`resource.type="bigquery_dts_config" AND resource.label.config_id="${id}" AND metric.type="bigquerydatatransfer.googleapis.com/`;
    }
  }
}
