import {
  scheduledChecks,
  scheduledDailyMetrics,
} from "@clan-platform/warehouse/engines/bigquery/scheduled-queries.ts";
import { type Table, tables } from "@clan-platform/warehouse/tables/table.ts";
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import { type Options, Part } from "./part.ts";
import { minutesAfter, queryRunner, type ScheduledQuery, scheduledQuery } from "./scheduled-query.ts";
import { serviceAgent } from "./service-agent.ts";

// How long after the metrics their checks are run.
const checksAfterMinutes = 30;
const labels = { app: "clan-platform" };

/** BigQuery: datasets, tables, and the scheduled queries that compute the metrics and check them. */
export class Warehouse extends Part {
  readonly raw: gcp.bigquery.Dataset;
  readonly tables: pulumi.Resource[];
  /** BigQuery's scheduler, as a member for grants. */
  readonly scheduler: pulumi.Output<string>;
  /** Who runs the scheduled queries. */
  readonly account: gcp.serviceaccount.Account;
  readonly scheduledQueries: { daily_metrics: ScheduledQuery; daily_metrics_checks: ScheduledQuery };

  constructor(name: string, config: Config, opts: Options) {
    super("Warehouse", name, opts);
    const { dailyAt, windowDays, protect } = config;
    this.raw = this.#dataset("clan_case_raw", "What users did, as it came in", config);
    const analytics = this.#dataset("clan_case_analytics", "Metrics reckoned from it", config);
    const datasets = { clan_case_raw: this.raw, clan_case_analytics: analytics };
    this.tables = tables.map((table) => this.#table(table, datasets[table.dataset], protect));
    this.scheduler = serviceAgent("bigquerydatatransfer", config, this.child);
    const accountArgs = { accountId: "clan-metrics", displayName: "Scheduled queries of daily_metrics" };
    const runner = queryRunner(name, accountArgs, this.scheduler, config, this.child);
    this.account = runner.account;
    const { member } = runner.account;
    const onDataset = (id: string, { datasetId }: gcp.bigquery.Dataset, role: string) =>
      new gcp.bigquery.DatasetIamMember(`${name}-${id}`, { datasetId, role, member }, { parent: this });
    runner.ready.push(
      ...this.tables,
      onDataset("read-raw", this.raw, "roles/bigquery.dataViewer"),
      onDataset("write-analytics", analytics, "roles/bigquery.dataEditor"),
    );

    const computation = scheduledDailyMetrics(windowDays);
    const daily_metrics = scheduledQuery("daily_metrics", computation, dailyAt, runner);
    runner.ready.push(daily_metrics);
    const [checks, after] = [scheduledChecks(windowDays), minutesAfter(dailyAt, checksAfterMinutes)];
    const daily_metrics_checks = scheduledQuery("daily_metrics_checks", checks, after, runner);
    this.scheduledQueries = { daily_metrics, daily_metrics_checks };
    this.registerOutputs();
  }

  #dataset(datasetId: string, description: string, { location, protect }: Config): gcp.bigquery.Dataset {
    const lifetime = { maxTimeTravelHours: "168", deleteContentsOnDestroy: !protect };
    const args = { datasetId, description, location, labels, ...lifetime };
    return new gcp.bigquery.Dataset(datasetId, args, { ...this.child, protect });
  }

  #table(table: Table, { datasetId }: gcp.bigquery.Dataset, protect: boolean): pulumi.Resource {
    const { name: tableId, description, timePartitioning, requirePartitionFilter, clustering } = table;
    const schema = JSON.stringify(table.fields);
    const partitions = timePartitioning && { timePartitioning, requirePartitionFilter };
    const layout = { ...partitions, ...(clustering && { clusterings: clustering.fields }) };
    const args = { tableId, datasetId, description, schema, deletionProtection: protect, labels };
    return new gcp.bigquery.Table(tableId, { ...args, ...layout }, { parent: this, protect });
  }
}
