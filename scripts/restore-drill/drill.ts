import { randomBytes } from "node:crypto";
import pg from "pg";
import { CliError } from "../commands/terminal/cli-error.ts";
import type { Backup, CloudSql, SourceInstance } from "./cloud-sql.ts";
import { compareTables, type TableComparison } from "./compare-tables.ts";

/** What the names of all clones begin with. */
export const clonePrefix = "clan-drill-";

// A transaction that was open when the backup began is not in it, although its rows may carry its start's time: imports may take
// ten minutes at most.
const marginMs = 15 * 60_000;

export interface DrillOptions {
  cloudSql: CloudSql;
  instance: string;
  /** Whether `connect` goes through the instances' network. */
  usesPrivateIp: boolean;
  /** Opens a way to the database `clan` of an instance. */
  connect(instance: string, connectionName: string): Promise<Access>;
  migrate(url: string): Promise<unknown>;
  signal: AbortSignal;
  onStep(step: string): void;
}

export interface Access {
  url: string;
  close(): Promise<void>;
}

export interface DrillReport {
  backup: Backup;
  /** Rows that changed later are not compared. */
  comparedBefore: Date;
  comparisons: TableComparison[];
  /** How long each step took, by its name. */
  seconds: Record<string, number>;
}

/**
 * Restores the newest backup to a new instance, migrates that and compares it with the source; deletes the instance at the end,
 * also after a failure or when `signal` aborts. Deletes nothing else.
 */
export async function drill(options: DrillOptions): Promise<DrillReport> {
  const { cloudSql, instance, signal, onStep, migrate } = options;
  const seconds: Record<string, number> = {};
  const aborted = rejectionOf(signal);
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    onStep(step);
    const start = performance.now();
    const result = await Promise.race([work(), aborted]);
    seconds[step] = (performance.now() - start) / 1_000;
    return result;
  };

  const source = await cloudSql.describe(instance);
  refuseUnreachable(instance, source, options.usesPrivateIp);
  const backup = await cloudSql.newestBackup(instance);
  const clone = `${clonePrefix}${randomBytes(6).toString("hex")}`;
  const cloneConnection = source.connectionName.replace(/[^:]+$/, clone);
  const comparedBefore = new Date(Date.parse(backup.startTime) - marginMs);
  // The name is random, so that an instance of this name is the drill's own, even when gcloud reports a failed creation.
  try {
    await timed(`create ${clone}`, () => cloudSql.create(clone, source, signal));
    await timed("restore the backup", () => cloudSql.restore(backup, instance, clone, signal));
    const accesses: Access[] = [];
    try {
      accesses.push(await options.connect(clone, cloneConnection));
      await timed("migrate", () => migrate(accesses[0]?.url ?? ""));
      accesses.push(await options.connect(instance, source.connectionName));
      const [restored, original] = accesses.map(({ url }) => url);
      const comparisons = await timed("compare", () =>
        compare(original ?? "", restored ?? "", comparedBefore, signal),
      );
      return { backup, comparedBefore, comparisons, seconds };
    } finally {
      await Promise.allSettled(accesses.map((access) => access.close()));
    }
  } finally {
    onStep(`delete ${clone}`);
    await cloudSql.delete(clone).catch((cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CliError(
        `${clone} may still exist and cost money (${reason}); delete it: gcloud sql instances delete ${clone}`,
        { cause },
      );
    });
  }
}

/** Before anything is created: a clone that nobody can reach takes an hour, and money, to fail. */
function refuseUnreachable(instance: string, { settings }: SourceInstance, usesPrivateIp: boolean): void {
  const isPrivate = settings.ipConfiguration.privateNetwork !== undefined;
  if (isPrivate && !usesPrivateIp) {
    throw new CliError(
      `${instance} is in a private network, and so would its clone be: run the drill on a machine in that network, with --private-ip. The workflow does so if the variable DRILL_RUNNER names a runner there (docs/operate.md).`,
    );
  }
  if (!isPrivate && usesPrivateIp) {
    throw new CliError(`${instance} is in no private network: run the drill without --private-ip.`);
  }
}

/** Rejects when `signal` aborts: a migration can't be stopped, but nobody has to wait for it. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason));
  promise.catch(() => {});
  return promise;
}

async function compare(
  sourceUrl: string,
  cloneUrl: string,
  before: Date,
  signal: AbortSignal,
): Promise<TableComparison[]> {
  const clients = [sourceUrl, cloneUrl].map(
    (connectionString) => new pg.Client({ connectionString, application_name: "clan-restore-drill" }),
  );
  const [source, clone] = clients as [pg.Client, pg.Client];
  // The query in flight rejects with the same error.
  for (const client of clients) client.on("error", () => {});
  const stop = () => {
    for (const client of clients) void client.end();
  };
  signal.addEventListener("abort", stop);
  try {
    await Promise.all(clients.map((client) => client.connect()));
    // Nothing can be changed in the source by mistake.
    await source.query("set default_transaction_read_only = on");
    const comparisons = await compareTables(source, clone, before);
    signal.throwIfAborted();
    return comparisons;
  } finally {
    signal.removeEventListener("abort", stop);
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}
