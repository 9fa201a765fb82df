import * as pulumi from "@pulumi/pulumi";
import { ActivitySync } from "./activity-sync.ts";
import { Apis } from "./apis.ts";
import { ClanService } from "./clan-service.ts";
import { parseConfig } from "./config.ts";
import { Database } from "./database.ts";
import { DatabaseLogin } from "./database-login.ts";
import { Deployer } from "./deployer.ts";
import { Image } from "./image.ts";
import { Migration } from "./migration.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import * as outputs from "./outputs.ts";
import { Warehouse } from "./warehouse.ts";

const config = parseConfig(pulumi.runtime.allConfig());

// Everything waits until Google's services answer.
const opts = { dependsOn: [new Apis("apis", config)] };

// Game clients and backends -> clan service -> PostgreSQL.
const network = config.network === "private" ? new Network("network", config, opts) : undefined;
const database = new Database("database", { config, network }, opts);
const image = new Image("image", config, opts);
const migration = new Migration("migration", { config, database, image, network }, opts);
const clans = new ClanService("clan-service", { config, database, image, migration, network }, opts);
const afterMigration = { dependsOn: migration.job };
for (const email of config.databaseReaders) {
  const reader = { member: `user:${email}`, databaseRoles: ["clan_viewer"], userOptions: afterMigration };
  new DatabaseLogin(`reader-${email}`, { config, database, ...reader }, opts);
}

// PostgreSQL, files -> raw activity -> scheduled queries -> daily_metrics -> Looker Studio.
const warehouse = new Warehouse("warehouse", config, opts);
const sync = new ActivitySync("activity-sync", { config, database, migration, warehouse }, opts);

new Monitoring("monitoring", { config, clans, database, warehouse, sync }, opts);

const deployer = config.github
  ? new Deployer("deployer", config.github, { config, image, migration, clans, warehouse, sync }, opts)
  : undefined;

export const serviceUrl = clans.service.uri;
export const docsUrl = pulumi.interpolate`${clans.service.uri}/docs`;
export const connectionName = database.instance.connectionName;
export const databaseCommands = outputs.databaseCommands(config, connectionName);
export const imageDigest = image.digest;
export const syncCommand = outputs.syncCommand(sync.scheduledQueries.activity_sync.name);
export const validateCommands = outputs.validateCommands(config);
export const lookerStudioUrl = outputs.lookerStudioUrl(config);
// For .github/workflows/deploy.yml.
export const github = deployer
  ? {
      GCP_WORKLOAD_IDENTITY_PROVIDER: deployer.provider,
      GCP_DEPLOYER: deployer.deployer.email,
      GCP_PREVIEWER: deployer.previewer.email,
    }
  : null;
