import { z } from "zod";
import { CliError } from "../commands/terminal/cli-error.ts";
import { gcloud } from "./gcloud.ts";

/** What the drill needs of Cloud SQL. Every method waits until the work is done. */
export interface CloudSql {
  describe(instance: string): Promise<SourceInstance>;
  newestBackup(instance: string): Promise<Backup>;
  /** The names of all instances that begin with `prefix`. */
  list(prefix: string): Promise<string[]>;
  /** Creates an empty instance that a backup of `source` fits on. */
  create(name: string, source: SourceInstance, signal: AbortSignal): Promise<void>;
  restore(backup: Backup, source: string, target: string, signal: AbortSignal): Promise<void>;
  /** Waits for what still runs on the instance, because Cloud SQL refuses to delete it before; a missing instance is deleted. */
  delete(name: string): Promise<void>;
}

const Settings = z.object({
  tier: z.string(),
  edition: z.string().default("ENTERPRISE"),
  dataDiskSizeGb: z.coerce.string(),
  ipConfiguration: z.object({ privateNetwork: z.string().optional() }).default({}),
});

const SourceInstance = z.object({
  connectionName: z.string(),
  region: z.string(),
  databaseVersion: z.string(),
  settings: Settings,
});
export type SourceInstance = z.infer<typeof SourceInstance>;

const Backup = z.object({ id: z.coerce.string(), startTime: z.iso.datetime(), status: z.string() });
export type Backup = z.infer<typeof Backup>;

/** Cloud SQL through gcloud, as its account. */
export function cloudSqlOf(project: string): CloudSql {
  const sql = (args: string[], signal?: AbortSignal) =>
    gcloud(["sql", ...args, `--project=${project}`], signal);
  const json = async (args: string[]) => JSON.parse((await sql([...args, "--format=json"])) || "[]");
  // By itself, gcloud stops waiting after a time, although the operation goes on.
  const finish = async (operation: string, signal?: AbortSignal) => {
    await sql(["operations", "wait", operation, "--timeout=unlimited"], signal);
  };
  const start = async (args: string[], signal?: AbortSignal) => {
    const operation = await sql([...args, "--async", "--format=value(name)"], signal);
    await finish(operation, signal);
  };
  const list = async (prefix: string): Promise<string[]> =>
    z
      .array(z.object({ name: z.string() }))
      .parse(await json(["instances", "list", `--filter=name~^${prefix}`]))
      .map(({ name }) => name);

  return {
    list,
    describe: async (instance) => SourceInstance.parse(await json(["instances", "describe", instance])),
    async newestBackup(instance) {
      const backups = z
        .array(z.looseObject({ status: z.string() }))
        .parse(await json(["backups", "list", `--instance=${instance}`]));
      const [newest] = backups
        .filter(({ status }) => status === "SUCCESSFUL")
        .map((backup) => Backup.parse(backup))
        .sort((a, b) => b.startTime.localeCompare(a.startTime));
      if (!newest)
        throw new CliError(`${instance} has no successful backup, so there is nothing to restore.`);
      return newest;
    },
    create: (name, source, signal) => start(["instances", "create", name, ...createFlags(source)], signal),
    restore: (backup, source, target, signal) =>
      start(
        ["backups", "restore", backup.id, `--backup-instance=${source}`, `--restore-instance=${target}`],
        signal,
      ),
    async delete(name) {
      if (!(await list(`${name}$`)).includes(name)) return;
      const running = await sql([
        "operations",
        "list",
        `--instance=${name}`,
        "--filter=status!=DONE",
        "--format=value(name)",
      ]);
      // An operation that fails must not keep its instance.
      for (const operation of running.split(/\s+/).filter(Boolean)) await finish(operation).catch(() => {});
      await start(["instances", "delete", name]);
    },
  };
}

/** Like the source, but without a standby and without backups of its own. */
function createFlags({ region, databaseVersion, settings }: SourceInstance): string[] {
  const { privateNetwork } = settings.ipConfiguration;
  return [
    `--region=${region}`,
    `--database-version=${databaseVersion}`,
    `--edition=${settings.edition.toLowerCase().replaceAll("_", "-")}`,
    `--tier=${settings.tier}`,
    `--storage-size=${settings.dataDiskSizeGb}GB`,
    "--storage-type=SSD",
    "--availability-type=zonal",
    "--no-backup",
    "--no-deletion-protection",
    "--ssl-mode=ENCRYPTED_ONLY",
    "--database-flags=cloudsql.iam_authentication=on,cloudsql.enable_pgaudit=on",
    ...(privateNetwork ? [`--network=${privateNetwork}`, "--no-assign-ip"] : []),
  ];
}
