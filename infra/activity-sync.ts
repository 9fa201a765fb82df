import { scheduledSync } from "@clan-platform/warehouse/engines/bigquery/scheduled-queries.ts";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { Database } from "./database.ts";
import type { Migration } from "./migration.ts";
import { minutesAfter, queryAccount, type ScheduledQuery, scheduledQuery } from "./scheduled-query.ts";
import { serviceAgent } from "./service-agent.ts";
import type { Warehouse } from "./warehouse.ts";

// How long before the metrics. A run takes minutes, and the earliest `dailyAt` is this long after midnight.
const minutesBefore = 30;
const connectionId = "clan-activity";
const username = "bigquery";

export interface ActivitySyncArgs {
  project: string;
  location: string;
  /** `daily`, or an interval such as `15 minutes`. */
  syncEvery: string;
  /** When the metrics are computed, HH:MM UTC: a daily sync runs before. */
  dailyAt: string;
  /** How many days raw activity is kept; undefined: forever. */
  rawRetentionDays?: number | undefined;
  database: Database;
  /** Creates the PostgreSQL role of BigQuery's login. */
  migration: Migration;
  warehouse: Warehouse;
  protect: boolean;
}

/** BigQuery's connection to the database, and the scheduled query that copies user activity over it into raw and recomputes the touched days. */
export class ActivitySync extends pulumi.ComponentResource {
  readonly account: gcp.serviceaccount.Account;
  readonly scheduledQueries: { activity_sync: ScheduledQuery };

  constructor(name: string, args: ActivitySyncArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:ActivitySync" }];
    super("clan-platform:index:ActivitySync", name, {}, { aliases, ...opts });
    const { project, location, database, warehouse, protect } = args;
    const { dependsOn = [] } = opts;
    const { account, grants } = queryAccount(
      name,
      {
        project,
        accountId: "clan-sync",
        displayName: "Scheduled query activity_sync",
        scheduler: warehouse.scheduler,
      },
      { parent: this, dependsOn },
    );
    this.account = account;
    const writesRaw = new gcp.bigquery.DatasetIamMember(
      `${name}-write-raw`,
      { datasetId: warehouse.raw.datasetId, role: "roles/bigquery.dataEditor", member: account.member },
      { parent: this },
    );

    // It recomputes the days that it touched.
    const writesAnalytics = new gcp.bigquery.DatasetIamMember(
      `${name}-write-analytics`,
      {
        datasetId: warehouse.analytics.datasetId,
        role: "roles/bigquery.dataEditor",
        member: account.member,
      },
      { parent: this },
    );

    const generated = new RandomPassword(
      `${name}-password`,
      { length: 40, special: false },
      { parent: this },
    );
    const password = pulumi.secret(generated.result);
    const connection = new gcp.bigquery.Connection(
      `${name}-connection`,
      {
        connectionId,
        location,
        cloudSql: {
          type: "POSTGRES",
          instanceId: database.instance.connectionName,
          database: database.database.name,
          credential: { username, password },
        },
      },
      { parent: this, dependsOn, additionalSecretOutputs: ["cloudSql"] },
    );
    // These two are granted right away, without waiting for the login: a grant takes minutes to take effect everywhere.
    const usesConnection = new gcp.bigquery.ConnectionIamMember(
      `${name}-use`,
      {
        location,
        connectionId: connection.connectionId,
        role: "roles/bigquery.connectionUser",
        member: account.member,
      },
      { parent: this },
    );
    const reachesInstance = new gcp.projects.IAMMember(
      `${name}-reach`,
      {
        project,
        role: "roles/cloudsql.client",
        member: agentOf(connection, serviceAgent("bigqueryconnection", project, { parent: this, dependsOn })),
      },
      { parent: this },
    );
    const login = new gcp.sql.User(
      `${name}-login`,
      {
        instance: database.instance.name,
        name: username,
        // The only login with a password: BigQuery supports no other
        // (https://cloud.google.com/bigquery/docs/cloud-sql-federated-queries#connection_details).
        type: "BUILT_IN",
        password,
        databaseRoles: ["clan_reader"],
        deletionPolicy: "ABANDON",
      },
      { parent: this, protect, ...args.migration.succeeded },
    );

    const activity_sync = scheduledQuery(
      "activity_sync",
      {
        query: scheduledSync(`${project}.${location.toLowerCase()}.${connectionId}`, args.rawRetentionDays),
        schedule: scheduleOf(args),
        location,
        account,
      },
      {
        parent: this,
        dependsOn: [
          ...grants,
          writesRaw,
          writesAnalytics,
          usesConnection,
          reachesInstance,
          login,
          ...warehouse.tables,
        ],
      },
    );
    this.scheduledQueries = { activity_sync };
    this.registerOutputs();
  }
}

const scheduleOf = ({ syncEvery, dailyAt }: ActivitySyncArgs) =>
  syncEvery === "daily" ? `every day ${minutesAfter(dailyAt, -minutesBefore)}` : `every ${syncEvery}`;

/** The member that BigQuery connects as: the connection's own, or the project's agent if Google's response omits it. */
function agentOf(connection: gcp.bigquery.Connection, projectAgent: pulumi.Output<string>) {
  const email = connection.cloudSql.apply((sql) => sql?.serviceAccountId);
  const member = pulumi
    .all([email, projectAgent])
    .apply(([email, projectAgent]) => (email ? `serviceAccount:${email}` : projectAgent));
  // Not a secret, although it is an output next to one.
  return pulumi.unsecret(member);
}
