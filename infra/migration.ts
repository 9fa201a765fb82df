import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "./database.ts";
import { databaseAccess } from "./database-access.ts";
import { DatabaseLogin } from "./database-login.ts";
import { migrationCheck } from "./migration-check.ts";
import type { Network } from "./network.ts";
import { type Retention, retentionSchedule } from "./retention-schedule.ts";

// Cloud SQL's administrator role (https://cloud.google.com/sql/docs/postgres/users); that it owns every database that the API creates is
// believed.
const owner = "cloudsqlsuperuser";

export interface MigrationArgs {
  project: string;
  region: string;
  database: Database;
  /** The service's image by its digest. */
  image: pulumi.Output<string>;
  /** Activity in the database that is older is removed. */
  activityRetentionDays: number;
  protect: boolean;
  network: Network | undefined;
}

/** Migrates the database to the schema of an image: `job` is ready when its execution has succeeded. Another job does the same daily, for retention. */
export class Migration extends pulumi.ComponentResource {
  readonly job: gcp.cloudrunv2.Job;
  readonly account: gcp.serviceaccount.Account;
  readonly retention: Retention;
  /** Options of what needs the migrated schema or its roles: it waits for the job, and is not changed unless that has succeeded. */
  readonly succeeded: pulumi.CustomResourceOptions;

  constructor(name: string, args: MigrationArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:Migration" }];
    super("clan-platform:index:Migration", name, {}, { aliases, ...opts });
    const { project, database, protect } = args;
    const { dependsOn = [] } = opts;
    this.account = new gcp.serviceaccount.Account(
      name,
      { accountId: "clan-migration", displayName: "Clan service: migration of the database" },
      { parent: this, dependsOn },
    );
    const login = new DatabaseLogin(
      `${name}-login`,
      { project, database, member: this.account.member, databaseRoles: [owner], protect },
      { parent: this, dependsOn },
    );
    const { container, template } = databaseAccess(database, login, args.network);
    const taskTemplate = {
      serviceAccount: this.account.email,
      timeout: "600s",
      maxRetries: 2,
      ...template,
      containers: [
        {
          ...container,
          image: args.image,
          // Not `commands`, which would replace the image's init.
          args: ["node", "src/migrate.ts"],
          envs: [
            ...container.envs,
            { name: "MIGRATION_ROLE", value: owner },
            { name: "ACTIVITY_RETENTION_DAYS", value: String(args.activityRetentionDays) },
          ],
          resources: { limits: { cpu: "1", memory: "512Mi" } },
        },
      ],
    };
    this.job = new gcp.cloudrunv2.Job(
      `${name}-job`,
      {
        name: "clan-migration",
        location: args.region,
        deletionProtection: protect,
        // A new image or a new instance starts a new execution, and the provider waits until that has succeeded. Nothing else may
        // execute this job: Google then forgets the token, and each refresh would find it missing (GoogleCloudPlatform/magic-modules#19060).
        runExecutionToken: pulumi.interpolate`${args.image.apply(shortDigest)}-${database.instance.name}`,
        template: { template: taskTemplate },
      },
      { parent: this, protect, dependsOn: login, customTimeouts: { create: "20m", update: "20m" } },
    );
    const check = migrationCheck({ project, region: args.region, image: args.image });
    this.succeeded = { ...check, dependsOn: this.job };
    this.retention = retentionSchedule(
      "retention",
      { project, region: args.region, taskTemplate, migrated: this.succeeded, protect },
      { parent: this, dependsOn },
    );
    this.registerOutputs();
  }
}

const shortDigest = (image: string) => image.replace(/^.*sha256:/, "").slice(0, 16);
