import { scheduledActivitySync } from "@clan-platform/warehouse/engines/bigquery/scheduled-queries.ts";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { type Options, Part, type Parts } from "./part.ts";
import { minutesAfter, queryRunner, type ScheduledQuery, scheduledQuery } from "./scheduled-query.ts";
import { serviceAgent } from "./service-agent.ts";

// How long before the metrics. A run takes minutes, and the earliest `dailyAt` is as long after midnight.
const minutesBefore = 30;
const connectionId = "clan-activity";
const username = "bigquery";

type Needs = Pick<Parts, "config" | "database" | "migration" | "warehouse">;

/** BigQuery's connection to the database, and the scheduled query that brings user activity over it into raw. */
export class ActivitySync extends Part {
  readonly account: gcp.serviceaccount.Account;
  readonly scheduledQueries: { activity_sync: ScheduledQuery };

  constructor(name: string, parts: Needs, opts: Options) {
    super("ActivitySync", name, opts);
    const { config, warehouse } = parts;
    const { project, location, dailyAt } = config;
    const accountArgs = { accountId: "clan-sync", displayName: "Scheduled query activity_sync" };
    const runner = queryRunner(name, accountArgs, warehouse.scheduler, config, this.child);
    this.account = runner.account;
    const { member } = runner.account;
    const write = { datasetId: warehouse.raw.datasetId, role: "roles/bigquery.dataEditor", member };
    runner.ready.push(
      ...warehouse.tables,
      new gcp.bigquery.DatasetIamMember(`${name}-write-raw`, write, { parent: this }),
      ...this.#connection(name, parts, member),
    );
    const query = scheduledActivitySync(`${project}.${location.toLowerCase()}.${connectionId}`);
    const at = minutesAfter(dailyAt, -minutesBefore);
    this.scheduledQueries = { activity_sync: scheduledQuery("activity_sync", query, at, runner) };
    this.registerOutputs();
  }

  /** The connection, that `member` may use it, that it may reach the instance, and its login there. */
  #connection(name: string, { config, database, migration }: Needs, member: pulumi.Output<string>) {
    const { project, location, protect } = config;
    const { connectionName, name: instance } = database.instance;
    const random = new RandomPassword(`${name}-password`, { length: 40, special: false }, { parent: this });
    const password = pulumi.secret(random.result);
    const source = { type: "POSTGRES", instanceId: connectionName, database: database.database.name };
    const connection = new gcp.bigquery.Connection(
      `${name}-connection`,
      { connectionId, location, cloudSql: { ...source, credential: { username, password } } },
      { ...this.child, additionalSecretOutputs: ["cloudSql"] },
    );
    const on = { location, connectionId: connection.connectionId };
    const use = { ...on, role: "roles/bigquery.connectionUser", member };
    // Whom BigQuery connects as is no secret, though what it is read from is one.
    const ofProject = serviceAgent("bigqueryconnection", config, this.child);
    const ofConnection = connection.cloudSql.apply((sql) => sql?.serviceAccountId);
    const agent = pulumi
      .all([ofConnection, ofProject])
      .apply(([email, member]) => (email ? `serviceAccount:${email}` : member));
    const reach = { project, role: "roles/cloudsql.client", member: pulumi.unsecret(agent) };
    // The one login with a password: BigQuery knows no other.
    const login = { instance, name: username, type: "BUILT_IN", password, databaseRoles: ["clan_reader"] };
    const afterMigration = { parent: this, protect, dependsOn: migration.job };
    return [
      // At once, and not with the login: a right takes minutes until it counts everywhere.
      new gcp.bigquery.ConnectionIamMember(`${name}-use`, use, { parent: this }),
      new gcp.projects.IAMMember(`${name}-reach`, reach, { parent: this }),
      new gcp.sql.User(`${name}-login`, { ...login, deletionPolicy: "ABANDON" }, afterMigration),
    ];
  }
}
