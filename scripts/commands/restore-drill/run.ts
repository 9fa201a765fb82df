import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { type CloudSql, cloudSqlOf } from "../../restore-drill/cloud-sql.ts";
import { isComplete } from "../../restore-drill/compare-tables.ts";
import { clonePrefix, type DrillOptions, type DrillReport, drill } from "../../restore-drill/drill.ts";
import { openProxy } from "../../restore-drill/proxy.ts";
import { CliError, UsageError } from "../terminal/cli-error.ts";
import { exitCode, exitCodeOf } from "../terminal/exit-codes.ts";
import { print, printError } from "../terminal/print.ts";
import { tableText } from "../terminal/table.ts";

export interface RestoreDrillOptions {
  project?: string;
  instance?: string;
  privateIp?: boolean;
}

// Cloud SQL's administrator role (https://cloud.google.com/sql/docs/postgres/users), which owns everything in the database, because the
// migration runs as it (infra/migration.ts).
const owner = "cloudsqlsuperuser";

export async function run({ project, instance, privateIp = false }: RestoreDrillOptions): Promise<void> {
  if (!project) throw new UsageError("Name the Google Cloud project: --project MY-PROJECT.");
  const account = `clan-migration@${project}.iam.gserviceaccount.com`;
  await runDrill(cloudSqlOf(project), instance, {
    usesPrivateIp: privateIp,
    connect: (_, connectionName) => openProxy({ connectionName, account, usesPrivateIp: privateIp }),
    migrate: (url) => migrate(url, { role: owner }),
  });
}

/** Runs the drill and prints its report; a signal ends it once the clone is deleted. */
export async function runDrill(
  cloudSql: CloudSql,
  instance: string | undefined,
  access: Pick<DrillOptions, "usesPrivateIp" | "connect" | "migrate">,
): Promise<void> {
  const interruption = new AbortController();
  let code: number | undefined;
  const interrupt = (signal: "SIGINT" | "SIGTERM") => {
    code ??= exitCodeOf(signal);
    if (interruption.signal.aborted) return printError("  The clone is still being deleted; please wait.");
    interruption.abort(new CliError("The drill was interrupted; the clone is deleted."));
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    const source = instance ?? (await onlyInstance(cloudSql));
    await warnOfLeftovers(cloudSql);
    const onStep = (step: string) => print(`  ${new Date().toISOString().slice(11, 19)}  ${step} …`);
    print(`\n  Restores the newest backup of ${source}\n`);
    const { signal } = interruption;
    const report = await drill({ cloudSql, instance: source, signal, onStep, ...access });
    print(reportText(report));
    if (isComplete(report.comparisons)) return;
    process.exitCode = exitCode.failed;
    printError("  The restored backup lacks rows, or has other ones, that have not changed since.\n");
  } catch (error) {
    if (code === undefined || error !== interruption.signal.reason) throw error;
    printError(`\n  ${interruption.signal.reason.message}\n`);
    process.exitCode = code;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function onlyInstance(cloudSql: CloudSql): Promise<string> {
  const names = (await cloudSql.list("clan-")).filter((name) => /^clan-[0-9a-f]{6}$/.test(name));
  const [only] = names;
  if (only && names.length === 1) return only;
  throw new CliError(
    names.length === 0
      ? "The project has no instance named clan-XXXXXX; name the source with --instance."
      : `The project has several instances (${names.join(", ")}); name the source with --instance.`,
  );
}

/** Of a drill that was killed. It may be another's that is running, so it is not deleted. */
async function warnOfLeftovers(cloudSql: CloudSql): Promise<void> {
  for (const name of await cloudSql.list(clonePrefix)) {
    printError(
      `\n  ${name} is of another drill. Unless that is running: gcloud sql instances delete ${name}`,
    );
  }
}

function reportText({ backup, comparedBefore, comparisons, seconds }: DrillReport): string {
  const rows = comparisons.map((table) => [
    table.table,
    ...[table.expected, table.missing, table.different, table.changedSince].map((count) => amountText(count)),
    table.checksum === table.cloneChecksum ? table.checksum : `${table.checksum} ≠ ${table.cloneChecksum}`,
  ]);
  const times = Object.entries(seconds).map(([step, time]) => [step, durationText(time)]);
  const total = Object.values(seconds).reduce((sum, time) => sum + time, 0);
  const age = (Date.now() - Date.parse(backup.startTime)) / 1_000;
  return [
    `\n  Backup ${backup.id} began at ${backup.startTime}, ${durationText(age)} ago. Compared are the rows that have not changed since ${comparedBefore.toISOString()}.\n`,
    tableText([["table", "rows", "missing", "different", "changed since", "checksum"], ...rows], {
      from: 1,
      to: 5,
    }),
    "",
    tableText([["step", "time"], ...times, ["total", durationText(total)]], { from: 1 }),
    "",
  ].join("\n");
}

function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
