import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { maxConnections } from "./database-tier.ts";
import type { Network } from "./network.ts";

export interface DatabaseArgs {
  region: string;
  databaseTier: string;
  databaseAvailability: "zonal" | "regional";
  /** Size of the disk at first; it grows by itself up to `databaseMaxDiskGb`. */
  databaseDiskGb: number;
  databaseMaxDiskGb: number;
  protect: boolean;
  /** Allows its replacement: the old instance is left running, and Google still refuses to delete it. */
  replaceDatabase: boolean;
  /** Takes the public address away. */
  network: Network | undefined;
}

/** Cloud SQL for PostgreSQL 18, and the database `clan` on it. */
export class Database extends pulumi.ComponentResource {
  readonly instance: gcp.sql.DatabaseInstance;
  readonly database: gcp.sql.Database;

  constructor(name: string, args: DatabaseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:Database" }];
    super("clan-platform:index:Database", name, {}, { aliases, ...opts });
    const { network, protect } = args;
    const isProtected = protect && !args.replaceDatabase;
    const suffix = nameSuffix(name, args, this);
    this.instance = new gcp.sql.DatabaseInstance(
      `${name}-instance`,
      {
        name: pulumi.interpolate`clan-${suffix.hex}`,
        region: args.region,
        databaseVersion: "POSTGRES_18",
        deletionProtection: protect,
        settings: {
          // The default for PostgreSQL 16 and later is ENTERPRISE_PLUS, which refuses small tiers (docs/traps.md, 8).
          edition: "ENTERPRISE",
          tier: args.databaseTier,
          availabilityType: args.databaseAvailability.toUpperCase(),
          deletionProtectionEnabled: protect,
          diskType: "PD_SSD",
          diskSize: args.databaseDiskGb,
          diskAutoresize: true,
          diskAutoresizeLimit: args.databaseMaxDiskGb,
          ipConfiguration: {
            ipv4Enabled: !network,
            sslMode: "ENCRYPTED_ONLY",
            ...(network && {
              privateNetwork: network.network.id,
              enablePrivatePathForGoogleCloudServices: true,
            }),
          },
          backupConfiguration: {
            enabled: true,
            startTime: "01:00",
            pointInTimeRecoveryEnabled: true,
            transactionLogRetentionDays: 7,
            backupRetentionSettings: { retainedBackups: 14, retentionUnit: "COUNT" },
          },
          // Otherwise, its backups are deleted with the instance (docs/traps.md, 30).
          retainBackupsOnDelete: true,
          finalBackupConfig: { enabled: true, retentionDays: 30 },
          databaseFlags: databaseFlags(maxConnections(args.databaseTier)),
          insightsConfig: { queryInsightsEnabled: true, queryStringLength: 1024, queryPlansPerMinute: 5 },
          // Sunday, 04:00 UTC.
          maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
          userLabels: { app: "clan-platform" },
        },
      },
      {
        parent: this,
        protect: isProtected,
        retainOnDelete: args.replaceDatabase,
        dependsOn: network ? [network.peering] : (opts.dependsOn ?? []),
        // The disk grows by itself; setting it back to its first size would replace the instance.
        ignoreChanges: ["settings.diskSize"],
        customTimeouts: { create: "60m", update: "60m", delete: "60m" },
      },
    );
    this.database = new gcp.sql.Database(
      name,
      {
        name: "clan",
        instance: this.instance.name,
        // Deleted with its instance: it can't be dropped while roles other than its owner have rights on it.
        deletionPolicy: "ABANDON",
      },
      { parent: this, protect: isProtected, retainOnDelete: args.replaceDatabase },
    );
    this.registerOutputs();
  }
}

/**
 * The suffix of the instance's name, which stays reserved for a week after an instance is deleted. Another region, or a public
 * instead of a private network, replaces the instance, and so needs another suffix. Their values are in the resource's name rather
 * than in `keepers`, because adding keepers would replace the suffix, and with it the instance, of every existing stack; and because
 * a change that is refused or reverted half-way then finds the old suffix again. The aliases keep a suffix from before
 * there were placements, and that of a public instance, which becomes private in place.
 */
function nameSuffix(name: string, { region, network }: DatabaseArgs, parent: pulumi.Resource): RandomId {
  const placed = (network: string) => `${name}-suffix-${region}-${network}`;
  const aliases = [`${name}-suffix`, ...(network ? [placed("public")] : [])].map((name) => ({ name }));
  return new RandomId(placed(network ? "private" : "public"), { byteLength: 3 }, { parent, aliases });
}

const databaseFlags = (connections: number) =>
  Object.entries({
    "cloudsql.enable_pgaudit": "on",
    "cloudsql.iam_authentication": "on",
    log_checkpoints: "on",
    log_connections: "on",
    log_disconnections: "on",
    // DETAIL and CONTEXT quote rows, which may name users.
    log_error_verbosity: "terse",
    log_lock_waits: "on",
    log_min_duration_statement: "-1",
    log_min_error_statement: "error",
    log_min_messages: "warning",
    log_statement: "ddl",
    log_temp_files: "0",
    max_connections: String(connections),
  }).map(([name, value]) => ({ name, value }));
