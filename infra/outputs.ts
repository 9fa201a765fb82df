import { dailyMetricsTable, fullName, rawTable, type Table } from "@clan-platform/warehouse/tables/table.ts";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import type { Deployer } from "./deployer.ts";

/** The commands that connect psql or DBeaver to the database, through the Auth Proxy and as one of `databaseReaders`. */
export function databaseCommands({ network }: Config, connectionName: pulumi.Output<string>) {
  const proxy = `cloud-sql-proxy --auto-iam-authn --port 5433${network === "private" ? " --private-ip" : ""}`;
  return {
    // If the database has no public address, this works from a machine in its network only.
    proxy: pulumi.interpolate`${proxy} ${connectionName}`,
    psql: 'psql "host=127.0.0.1 port=5433 dbname=clan sslmode=disable user=$(gcloud config get account)"',
    dbeaver: "PostgreSQL, host 127.0.0.1, port 5433, database clan, your e-mail address, no password",
  };
}

/** The command that runs activity_sync now; `scheduledQuery` is its full name. */
export const syncCommand = (scheduledQuery: pulumi.Output<string>) =>
  pulumi.interpolate`bq mk --transfer_run --run_time="$(date -u +%Y-%m-%dT%H:%M:%SZ)" ${scheduledQuery}`;

/** The commands that compare daily_metrics with raw for the last days, and run every check. */
export function validateCommands({ project, location }: Config): Record<string, string> {
  const query = `bq query --project_id=${project} --location=${location} --use_legacy_sql=false`;
  const lastDays = "event_date >= date_sub(current_date(), interval 30 day)";
  const byDay = (table: Table, dau: string, revenue: string) =>
    `${query} 'select event_date, ${dau} as dau, sum(${revenue}) as revenue from ${fullName(table)} where ${lastDays} group by event_date order by event_date'`;
  return {
    raw: byDay(rawTable, "count(*)", "iap_revenue + ad_revenue"),
    dailyMetrics: byDay(dailyMetricsTable, "sum(dau)", "total_iap_revenue + total_ad_revenue"),
    everyCheck: `GOOGLE_CLOUD_PROJECT=${project} BIGQUERY_LOCATION=${location} npm run validate -- --target bigquery`,
  };
}

/** Opens a new report on daily_metrics (https://developers.google.com/looker-studio/integrate/linking-api). */
export function lookerStudioUrl({ project }: Config): string {
  const parameters = new URLSearchParams({
    "c.mode": "edit",
    "r.reportName": "Clan metrics",
    "ds.connector": "bigQuery",
    "ds.datasourceName": dailyMetricsTable.name,
    "ds.type": "TABLE",
    "ds.projectId": project,
    "ds.billingProjectId": project,
    "ds.datasetId": dailyMetricsTable.dataset,
    "ds.tableId": dailyMetricsTable.name,
  });
  return `https://lookerstudio.google.com/reporting/create?${parameters}`;
}

/** The variables of .github/workflows/deploy.yml. */
export const githubVariables = ({ provider, deployer, previewer, driftChecker }: Deployer) => ({
  GCP_WORKLOAD_IDENTITY_PROVIDER: provider,
  GCP_DEPLOYER: deployer.email,
  GCP_PREVIEWER: previewer.email,
  GCP_DRIFT_CHECKER: driftChecker.email,
});
