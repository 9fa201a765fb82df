import * as pulumi from "@pulumi/pulumi";
import { ActivitySync } from "./activity-sync.ts";
import { apiNames } from "./api-names.ts";
import { Apis } from "./apis.ts";
import { ClanService } from "./clan-service.ts";
import { databaseConnections } from "./config.ts";
import { Dashboard } from "./dashboard.ts";
import { Database } from "./database.ts";
import { DatabaseLogin } from "./database-login.ts";
import { Deployer } from "./deployer.ts";
import { Image } from "./image.ts";
import { Migration } from "./migration.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import * as outputs from "./outputs.ts";
import { checkPlacement, placementOf } from "./placement.ts";
import { stackConfig } from "./stack-config.ts";
import { Warehouse } from "./warehouse.ts";

const config = stackConfig();
await checkPlacement(config);
const { project, region, location } = config;
const protect = config.protect && !config.replaceDatabase;
const maxConnections = databaseConnections(config);

// Everything waits until Google's APIs are usable.
const opts = { dependsOn: [new Apis("apis", { names: apiNames(config) })] };

// Game clients and backends -> clan service -> PostgreSQL.
const network = config.network === "private" ? new Network("network", { region }, opts) : undefined;
const database = new Database(
  "database",
  {
    region,
    tier: config.databaseTier,
    availability: config.databaseAvailability,
    diskGb: config.databaseDiskGb,
    maxDiskGb: config.databaseMaxDiskGb,
    maxConnections,
    protect: config.protect,
    replace: config.replaceDatabase,
    network,
  },
  opts,
);
const image = new Image("image", { project, region }, opts);
const migration = new Migration(
  "migration",
  {
    project,
    region,
    database,
    image: image.digest,
    activityRetentionDays: config.activityRetentionDays,
    protect,
    network,
  },
  opts,
);
const clans = new ClanService(
  "clan-service",
  {
    project,
    region,
    database,
    image: image.digest,
    migration,
    access: config.access,
    invokers: config.invokers,
    apiKeys: config.apiKeys,
    playerTokens: config.playerTokens,
    corsOrigins: config.corsOrigins,
    minInstances: config.minInstances,
    maxInstances: config.maxInstances,
    poolMax: config.poolMax,
    protect,
    network,
  },
  opts,
);
for (const email of config.databaseReaders) {
  new DatabaseLogin(
    `reader-${email}`,
    {
      project,
      database,
      member: `user:${email}`,
      databaseRoles: ["clan_viewer"],
      protect,
      userOptions: migration.succeeded,
    },
    opts,
  );
}

// PostgreSQL, files -> raw activity -> scheduled queries -> daily_metrics -> Looker Studio.
const warehouse = new Warehouse(
  "warehouse",
  { project, location, dailyAt: config.dailyAt, windowDays: config.windowDays, protect: config.protect },
  opts,
);
const sync = new ActivitySync(
  "activity-sync",
  {
    project,
    location,
    syncEvery: config.syncEvery,
    dailyAt: config.dailyAt,
    database,
    migration,
    warehouse,
    protect,
  },
  opts,
);

const dashboard = Dashboard.deploy(config, { image, warehouse }, opts);

new Monitoring(
  "monitoring",
  {
    project,
    service: clans.service,
    access: config.access,
    instance: database.instance,
    maxDiskGb: config.databaseMaxDiskGb,
    maxConnections,
    scheduledQueries: { ...sync.scheduledQueries, ...warehouse.scheduledQueries },
    alertEmail: config.alertEmail,
    budget: config.budget,
  },
  opts,
);

const deployer = config.github
  ? new Deployer(
      "deployer",
      {
        project,
        github: config.github,
        images: image.repository,
        runAs: {
          clans: clans.account,
          migration: migration.account,
          retention: migration.scheduler,
          warehouse: warehouse.account,
          sync: sync.account,
          ...(dashboard && { dashboard: dashboard.account }),
        },
      },
      opts,
    )
  : undefined;

export const serviceUrl = clans.service.uri;
export const docsUrl = pulumi.interpolate`${clans.service.uri}/docs`;
export const dashboardUrl = dashboard ? dashboard.service.uri : null;
/** What the next update is compared with. */
export const placement = placementOf(config);
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
