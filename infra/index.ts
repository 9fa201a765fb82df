import * as pulumi from "@pulumi/pulumi";
import { ActivitySync } from "./activity-sync.ts";
import { apiNames } from "./api-names.ts";
import { Apis } from "./apis.ts";
import { ClanService } from "./clan-service.ts";
import { Dashboard } from "./dashboard.ts";
import { Database } from "./database.ts";
import { Deployer } from "./deployer.ts";
import { Image } from "./image.ts";
import { grantImageReaders } from "./image-readers.ts";
import { readLastUpdate } from "./last-update.ts";
import { Migration } from "./migration.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import * as outputs from "./outputs.ts";
import { checkPlacement, placementOf } from "./placement.ts";
import { readerLogins } from "./reader-logins.ts";
import { stackConfig } from "./stack-config.ts";
import { Warehouse } from "./warehouse.ts";

const config = stackConfig();
const lastUpdate = await readLastUpdate();
checkPlacement(config, lastUpdate.placement);
// What belongs to the database is protected with it, unless that is about to be replaced.
const replaceable = { ...config, protect: config.protect && !config.replaceDatabase };

// Everything waits until Google's APIs are usable.
const opts = { dependsOn: [new Apis("apis", { names: apiNames(config) })] };

// Game clients and backends -> clan service -> PostgreSQL.
const network = config.network === "private" ? new Network("network", config, opts) : undefined;
const database = new Database("database", { ...config, network }, opts);
const image = new Image("image", { ...config, promoted: config.imageDigest }, opts);
grantImageReaders("image", image.repository, config.imageReaders);
const built = { ...replaceable, database, image: image.digest, network };
const migration = new Migration("migration", built, opts);
const clans = new ClanService("clan-service", { ...built, migration }, opts);
readerLogins({ ...config, database, migration }, opts);

// PostgreSQL, files -> raw activity -> scheduled queries -> daily_metrics -> Looker Studio, dashboard.
const warehouse = new Warehouse(
  "warehouse",
  { ...config, lastRawRetentionDays: lastUpdate.rawRetentionDays },
  opts,
);
const sync = new ActivitySync("activity-sync", { ...replaceable, database, migration, warehouse }, opts);
const dashboard = Dashboard.deploy(config, { image, warehouse }, opts);

Monitoring.watch(config, { clans, database, migration, warehouse, sync, dashboard }, opts);

const runAs = {
  clans: clans.account,
  migration: migration.account,
  retention: migration.retention.scheduler,
  warehouse: warehouse.account,
  sync: sync.account,
  ...(dashboard && { dashboard: dashboard.account }),
};
const deployer = Deployer.deploy(config, { images: image.repository, runAs }, opts);

export const serviceUrl = clans.service.uri;
export const docsUrl = pulumi.interpolate`${clans.service.uri}/docs`;
export const dashboardUrl = dashboard?.service.uri ?? null;
/** What the next update is compared with. */
export const placement = placementOf(config);
export const rawRetentionDays = config.rawRetentionDays ?? null;
export const connectionName = database.instance.connectionName;
export const databaseCommands = outputs.databaseCommands(config, connectionName);
export const imageDigest = image.digest;
export const dashboardImageDigest = dashboard?.image ?? null;
export const syncCommand = outputs.syncCommand(sync.scheduledQueries.activity_sync.name);
export const validateCommands = outputs.validateCommands(config);
export const lookerStudioUrl = outputs.lookerStudioUrl(config);
export const github = deployer ? outputs.githubVariables(deployer) : null;
