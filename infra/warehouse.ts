import { scheduledChecks, scheduledDailyMetrics } from "@clan-platform/warehouse/scheduled-queries.ts";
import { type Table, tables } from "@clan-platform/warehouse/table.ts";
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import { type Options, Part } from "./part.ts";
import { serviceAgent } from "./service-agent.ts";

// How long after the metrics their checks are run.
const checksAfterMinutes = 30;
const labels = { app: "clan-platform" };

/** BigQuery: datasets, tables, and the scheduled queries that compute the metrics and check them. */
export class Warehouse extends Part {
  /** Who runs the scheduled queries. */
  readonly account: gcp.serviceaccount.Account;
  readonly scheduledQueries: { daily_metrics: Scheduled; daily_metrics_checks: Scheduled };

  constructor(name: string, config: Config, opts: Options) {
    super("Warehouse", name, opts);
    const { dailyAt, windowDays } = config;
    const accountArgs = { accountId: "clan-metrics", displayName: "Scheduled queries of daily_metrics" };
    this.account = new gcp.serviceaccount.Account(`${name}-queries`, accountArgs, this.child);
    const raw = this.#dataset("clan_case_raw", "What users did, as it came in", config);
    const analytics = this.#dataset("clan_case_analytics", "Metrics reckoned from it", config);
    const ready = tables.map((table) =>
      this.#table(table, table.dataset === "clan_case_raw" ? raw : analytics, config.protect),
    );
    ready.push(...this.#grants(name, config, raw, analytics));

    const metrics = this.#schedule(
      "daily_metrics",
      scheduledDailyMetrics(windowDays),
      dailyAt,
      config,
      ready,
    );
    const after = minutesAfter(dailyAt, checksAfterMinutes);
    ready.push(metrics);
    const checks = this.#schedule("daily_metrics_checks", scheduledChecks(windowDays), after, config, ready);
    this.scheduledQueries = { daily_metrics: metrics, daily_metrics_checks: checks };
    this.registerOutputs();
  }

  #dataset(datasetId: string, description: string, { location, protect }: Config): gcp.bigquery.Dataset {
    const lifetime = { maxTimeTravelHours: "168", deleteContentsOnDestroy: !protect };
    const args = { datasetId, description, location, labels, ...lifetime };
    return new gcp.bigquery.Dataset(datasetId, args, { ...this.child, protect });
  }

  #table(table: Table, { datasetId }: gcp.bigquery.Dataset, protect: boolean): pulumi.Resource {
    const {
      name: tableId,
      description,
      fields,
      timePartitioning,
      requirePartitionFilter,
      clustering,
    } = table;
    const schema = JSON.stringify(fields);
    const partitions = timePartitioning && { timePartitioning, requirePartitionFilter };
    const clusters = clustering && { clusterings: clustering.fields };
    const args = { tableId, datasetId, description, schema, deletionProtection: protect, labels };
    return new gcp.bigquery.Table(
      tableId,
      { ...args, ...partitions, ...clusters },
      { parent: this, protect },
    );
  }

  /** What the scheduled queries may do, and that BigQuery's scheduler may act as their account. */
  #grants(
    name: string,
    config: Config,
    raw: gcp.bigquery.Dataset,
    analytics: gcp.bigquery.Dataset,
  ): pulumi.Resource[] {
    const { member, name: serviceAccountId } = this.account;
    const onDataset = (id: string, { datasetId }: gcp.bigquery.Dataset, role: string) =>
      new gcp.bigquery.DatasetIamMember(`${name}-${id}`, { datasetId, role, member }, { parent: this });
    const actAs = {
      serviceAccountId,
      role: "roles/iam.serviceAccountTokenCreator",
      member: serviceAgent("bigquerydatatransfer", config, this.child),
    };
    const runJobs = { project: config.project, role: "roles/bigquery.jobUser", member };
    return [
      new gcp.projects.IAMMember(`${name}-run-jobs`, runJobs, this.child),
      onDataset("read-raw", raw, "roles/bigquery.dataViewer"),
      onDataset("write-analytics", analytics, "roles/bigquery.dataEditor"),
      new gcp.serviceaccount.IAMMember(`${name}-scheduler-acts`, actAs, this.child),
    ];
  }

  #schedule(
    displayName: string,
    query: string,
    at: string,
    { location }: Config,
    dependsOn: pulumi.Resource[],
  ): Scheduled {
    return new gcp.bigquery.DataTransferConfig(
      displayName.replaceAll("_", "-"),
      {
        displayName,
        dataSourceId: "scheduled_query",
        location,
        schedule: `every day ${at}`,
        serviceAccountName: this.account.email,
        // Nothing about a destination: the statement says itself where it writes.
        params: { query },
        emailPreferences: { enableFailureEmail: true },
      },
      { parent: this, dependsOn },
    );
  }
}

type Scheduled = gcp.bigquery.DataTransferConfig;

/** HH:MM so many minutes after HH:MM. */
function minutesAfter(time: string, minutes: number): string {
  const at = new Date(Date.parse(`1970-01-01T${time}Z`) + minutes * 60_000);
  return at.toISOString().slice(11, 16);
}
