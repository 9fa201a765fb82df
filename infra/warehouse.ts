import {
  scheduledChecks,
  scheduledWarnings,
} from "@clan-platform/warehouse/engines/bigquery/scheduled-checks.ts";
import { scheduledDailyMetrics } from "@clan-platform/warehouse/engines/bigquery/scheduled-queries.ts";
import { rawTable, type Table, tables } from "@clan-platform/warehouse/tables/table.ts";
import { bigqueryView, type View, views } from "@clan-platform/warehouse/views/view.ts";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { minutesAfter, queryAccount, type ScheduledQuery, scheduledQuery } from "./scheduled-query.ts";
import { serviceAgent } from "./service-agent.ts";

// How long after the metrics their checks run, those that warn among them.
const checksAfterMinutes = 30;
const labels = { app: "clan-platform" };
const msPerDay = 86_400_000;

export interface WarehouseArgs {
  project: string;
  location: string;
  /** When the metrics are computed, HH:MM UTC. */
  dailyAt: string;
  /** How many days, up to yesterday, are recomputed each time. */
  windowDays: number;
  /** How many days raw activity is kept; undefined: forever. */
  rawRetentionDays?: number | undefined;
  /** `rawRetentionDays` of the stack's last update. */
  lastRawRetentionDays?: number | undefined;
  protect: boolean;
}

/** BigQuery: datasets, tables, and the scheduled queries that compute the metrics and check them. */
export class Warehouse extends pulumi.ComponentResource {
  readonly raw: gcp.bigquery.Dataset;
  readonly analytics: gcp.bigquery.Dataset;
  /** The views included. */
  readonly tables: gcp.bigquery.Table[];
  /** BigQuery's scheduler, as a member for grants. */
  readonly scheduler: pulumi.Output<string>;
  /** Runs the scheduled queries. */
  readonly account: gcp.serviceaccount.Account;
  readonly scheduledQueries: {
    daily_metrics: ScheduledQuery;
    daily_metrics_checks: ScheduledQuery;
    daily_metrics_warnings: ScheduledQuery;
  };

  constructor(name: string, args: WarehouseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:Warehouse" }];
    super("clan-platform:index:Warehouse", name, {}, { aliases, ...opts });
    const { project, location, dailyAt, windowDays, rawRetentionDays, protect } = args;
    const { dependsOn = [] } = opts;
    const datasetArgs = { location, labels, maxTimeTravelHours: "168", deleteContentsOnDestroy: !protect };
    this.raw = new gcp.bigquery.Dataset(
      "clan_case_raw",
      { ...datasetArgs, datasetId: "clan_case_raw", description: "User activity as it was received" },
      { parent: this, dependsOn, protect },
    );
    this.analytics = new gcp.bigquery.Dataset(
      "clan_case_analytics",
      {
        ...datasetArgs,
        datasetId: "clan_case_analytics",
        description: "Metrics computed from clan_case_raw",
      },
      { parent: this, dependsOn, protect },
    );
    const datasets = { clan_case_raw: this.raw, clan_case_analytics: this.analytics };
    const stored = tables.map((table) => this.#table(table, datasets[table.dataset], args));
    this.tables = [...stored, ...views.map((view) => this.#view(view, stored, project, protect))];

    this.scheduler = serviceAgent("bigquerydatatransfer", project, { parent: this, dependsOn });
    const { account, grants } = queryAccount(
      name,
      {
        project,
        accountId: "clan-metrics",
        displayName: "Scheduled queries of daily_metrics",
        scheduler: this.scheduler,
      },
      { parent: this, dependsOn },
    );
    this.account = account;
    const readsRaw = new gcp.bigquery.DatasetIamMember(
      `${name}-read-raw`,
      { datasetId: this.raw.datasetId, role: "roles/bigquery.dataViewer", member: account.member },
      { parent: this },
    );
    const writesAnalytics = new gcp.bigquery.DatasetIamMember(
      `${name}-write-analytics`,
      { datasetId: this.analytics.datasetId, role: "roles/bigquery.dataEditor", member: account.member },
      { parent: this },
    );

    const prerequisites = [...grants, readsRaw, writesAnalytics, ...this.tables];
    const daily_metrics = scheduledQuery(
      "daily_metrics",
      {
        query: scheduledDailyMetrics(windowDays, rawRetentionDays),
        schedule: `every day ${dailyAt}`,
        location,
        account,
      },
      { parent: this, dependsOn: prerequisites },
    );
    const daily_metrics_checks = scheduledQuery(
      "daily_metrics_checks",
      {
        query: scheduledChecks(windowDays),
        schedule: `every day ${minutesAfter(dailyAt, checksAfterMinutes)}`,
        location,
        account,
      },
      { parent: this, dependsOn: [...prerequisites, daily_metrics] },
    );
    const daily_metrics_warnings = scheduledQuery(
      "daily_metrics_warnings",
      {
        query: scheduledWarnings(),
        schedule: `every day ${minutesAfter(dailyAt, checksAfterMinutes)}`,
        location,
        account,
      },
      { parent: this, dependsOn: [...prerequisites, daily_metrics] },
    );
    this.scheduledQueries = { daily_metrics, daily_metrics_checks, daily_metrics_warnings };
    this.registerOutputs();
  }

  #table(table: Table, { datasetId }: gcp.bigquery.Dataset, args: WarehouseArgs): gcp.bigquery.Table {
    const { timePartitioning, requirePartitionFilter, clustering } = table;
    const { protect } = args;
    const expiration = table === rawTable ? rawExpiration(args) : {};
    return new gcp.bigquery.Table(
      table.name,
      {
        tableId: table.name,
        datasetId,
        description: table.description,
        schema: JSON.stringify(table.fields),
        labels,
        deletionProtection: protect,
        ...(timePartitioning && {
          timePartitioning: { ...timePartitioning, ...expiration },
          requirePartitionFilter,
        }),
        ...(clustering && { clusterings: clustering.fields }),
      },
      { parent: this, protect },
    );
  }

  #view(view: View, stored: gcp.bigquery.Table[], project: string, protect: boolean): gcp.bigquery.Table {
    return new gcp.bigquery.Table(
      view.name,
      {
        tableId: view.name,
        datasetId: this.analytics.datasetId,
        description: view.description,
        view: { query: bigqueryView(view, project), useLegacySql: false },
        labels,
        deletionProtection: protect,
      },
      { parent: this, protect, dependsOn: stored },
    );
  }
}

/**
 * When partitions of raw expire, existing ones too, each by its own day: https://cloud.google.com/bigquery/docs/managing-partitioned-tables#partition-expiration.
 * An expiration that is left out stays as it is, because the provider keeps what Google has computed (docs/traps.md, 36). A 0 ends it, as that page
 * says of `bq`; that Google doesn't store the 0, so that sending it at every `up` would show a change each time, is believed.
 */
function rawExpiration({ rawRetentionDays, lastRawRetentionDays }: WarehouseArgs): { expirationMs?: number } {
  if (rawRetentionDays !== undefined) return { expirationMs: rawRetentionDays * msPerDay };
  return lastRawRetentionDays === undefined ? {} : { expirationMs: 0 };
}
