import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { type Config, databaseConnections } from "./config.ts";
import { type Options, Part, type Parts } from "./part.ts";

/** Cloud SQL for PostgreSQL 18, and the database `clan` on it. */
export class Database extends Part {
  readonly instance: gcp.sql.DatabaseInstance;
  readonly database: gcp.sql.Database;

  constructor(name: string, { config, network }: Pick<Parts, "config" | "network">, opts: Options) {
    super("Database", name, opts);
    const { region, protect } = config;
    // A name stays taken for a week after its instance is gone.
    const suffix = new RandomId(`${name}-suffix`, { byteLength: 3 }, { parent: this });
    this.instance = new gcp.sql.DatabaseInstance(
      `${name}-instance`,
      {
        name: pulumi.interpolate`clan-${suffix.hex}`,
        region,
        databaseVersion: "POSTGRES_18",
        deletionProtection: protect,
        settings: settings(config, network),
      },
      {
        parent: this,
        protect,
        dependsOn: network ? [network.peering] : (opts.dependsOn ?? []),
        // The disk grows by itself; to make it what it was, the instance would be replaced.
        ignoreChanges: ["settings.diskSize"],
        customTimeouts: { create: "60m", update: "60m", delete: "60m" },
      },
    );
    // It goes with its instance: it can't be dropped while others than its owner have rights on it.
    const args = { name: "clan", instance: this.instance.name, deletionPolicy: "ABANDON" };
    this.database = new gcp.sql.Database(name, args, { parent: this, protect });
    this.registerOutputs();
  }
}

function settings(config: Config, network: Parts["network"]): gcp.types.input.sql.DatabaseInstanceSettings {
  return {
    // Said, for without it PostgreSQL 16 and later become ENTERPRISE_PLUS, which refuses small tiers.
    edition: "ENTERPRISE",
    tier: config.databaseTier,
    availabilityType: config.databaseAvailability.toUpperCase(),
    deletionProtectionEnabled: config.protect,
    diskType: "PD_SSD",
    diskSize: config.databaseDiskGb,
    diskAutoresize: true,
    diskAutoresizeLimit: config.databaseMaxDiskGb,
    ipConfiguration: {
      ipv4Enabled: !network,
      sslMode: "ENCRYPTED_ONLY",
      ...(network && { privateNetwork: network.network.id, enablePrivatePathForGoogleCloudServices: true }),
    },
    backupConfiguration: {
      enabled: true,
      startTime: "01:00",
      pointInTimeRecoveryEnabled: true,
      transactionLogRetentionDays: 7,
      backupRetentionSettings: { retainedBackups: 14, retentionUnit: "COUNT" },
    },
    databaseFlags: Object.entries({
      "cloudsql.enable_pgaudit": "on",
      "cloudsql.iam_authentication": "on",
      log_checkpoints: "on",
      log_connections: "on",
      log_disconnections: "on",
      log_lock_waits: "on",
      log_min_duration_statement: "-1",
      log_min_error_statement: "error",
      log_min_messages: "warning",
      log_statement: "ddl",
      log_temp_files: "0",
      max_connections: String(databaseConnections(config)),
    }).map(([name, value]) => ({ name, value })),
    insightsConfig: { queryInsightsEnabled: true, queryStringLength: 1024, queryPlansPerMinute: 5 },
    // Sunday, 04:00 UTC.
    maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
    userLabels: { app: "clan-platform" },
  };
}
