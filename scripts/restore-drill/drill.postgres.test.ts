import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { transactionOn } from "@clan-platform/service/database/transaction.ts";
import { upsertRows } from "@clan-platform/service/user-activity/upsert.ts";
import type pg from "pg";
import { expect, it, onTestFinished, vi } from "vitest";
import { runDrill } from "../commands/restore-drill/run.ts";
import { activity } from "../testkit/activity.ts";
import { runCommand } from "../testkit/command.ts";
import { connect, createTestDatabase } from "../testkit/database.ts";
import { temporaryFolder, untilPrinted } from "../testkit/run.ts";
import { cloudSqlOf } from "./cloud-sql.ts";
import { isComplete } from "./compare-tables.ts";
import { comparedTables } from "./compared-tables.ts";
import { type DrillOptions, drill } from "./drill.ts";

const backupTime = () => new Date(Date.now() - 3_600_000).toISOString();

/**
 * A gcloud that records its calls, has the instance clan-1a2b3c, and remembers which it created; `on` is shell for a call, before it
 * is answered.
 */
async function fakeGcloud(on = "", ipConfiguration = {}) {
  const folder = await temporaryFolder();
  const [calls, instances] = [join(folder, "calls"), join(folder, "instances")];
  const source = JSON.stringify({
    connectionName: "p:europe-west1:clan-1a2b3c",
    region: "europe-west1",
    databaseVersion: "POSTGRES_18",
    settings: { tier: "db-g1-small", edition: "ENTERPRISE", dataDiskSizeGb: "10", ipConfiguration },
  });
  const backups = JSON.stringify([
    { id: "1", status: "SUCCESSFUL", startTime: "2026-01-01T01:00:00.000Z" },
    { id: "2", status: "SUCCESSFUL", startTime: backupTime() },
    { id: "3", status: "FAILED", error: {}, enqueuedTime: new Date().toISOString() },
  ]);
  writeFileSync(instances, "clan-1a2b3c\n");
  writeFileSync(
    join(folder, "gcloud"),
    `#!/bin/sh
echo "$*" >> ${calls}
case "$*" in ${on} esac
case "$*" in
  *"instances describe"*) echo '${source}' ;;
  *"backups list"*) echo '${backups}' ;;
  *"instances list"*) prefix="\${4#--filter=name~^}"; grep "^\${prefix%\\$}" ${instances} | sed 's/.*/{"name":"&"}/' | paste -sd, | sed 's/^/[/; s/$/]/' ;;
  *"instances create"*) echo "$4" >> ${instances}; echo op-create ;;
  *"instances delete"*) sed -i.old "/^$4\\$/d" ${instances}; echo op-delete ;;
  *"backups restore"*) echo op-restore ;;
esac
`,
  );
  chmodSync(join(folder, "gcloud"), 0o755);
  const path = [folder, process.env.PATH].join(delimiter);
  vi.stubEnv("PATH", path);
  return {
    path,
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
    instances: () => readFileSync(instances, "utf8").trim().split("\n"),
  };
}

const namesOf = (calls: string[]) => calls.map((call) => /^sql (\w+ (?:wait op-\w+|\w+))/.exec(call)?.[1]);

async function fill(admin: pg.Client): Promise<void> {
  const rows = Array.from({ length: 20 }, (_, user) =>
    ActivityRow.parse(
      activity({ user_id: `user-${user}`, event_date: "2026-01-02", install_date: "2026-01-01" }),
    ),
  );
  await upsertRows(transactionOn(admin), rows);
  await admin.query("insert into clans (name) select 'clan ' || n from generate_series(1, 10) as n");
  await admin.query("update user_activity set updated_at = now() - interval '1 day'");
  await admin.query("update clans set created_at = now() - interval '1 day'");
}

/** A source with rows, and the database that a restored backup of it would have. */
async function sourceAndClone() {
  const original = await createTestDatabase();
  const source = await connect(original.adminUrl);
  await fill(source);
  await source.end();
  const template = new URL(original.adminUrl).pathname.slice(1);
  const restored = await createTestDatabase({ template });
  return {
    urls: { source: original.adminUrl, clone: restored.adminUrl },
    source: await connect(original.adminUrl),
    clone: await connect(restored.adminUrl),
  };
}

const options = (
  urls: { source: string; clone: string },
  change: Partial<DrillOptions> = {},
): DrillOptions => ({
  cloudSql: cloudSqlOf("p"),
  instance: "clan-1a2b3c",
  usesPrivateIp: false,
  connect: async (instance) => ({
    url: instance === "clan-1a2b3c" ? urls.source : urls.clone,
    close: async () => {},
  }),
  migrate: (url) => migrate(url),
  signal: new AbortController().signal,
  onStep: () => {},
  ...change,
});

it("compares every table that there is", async () => {
  const admin = await connect((await createTestDatabase()).adminUrl);
  const { rows } = await admin.query(
    `select relname as table from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'schema_migrations'
     order by 1`,
  );
  expect(comparedTables.map(({ table }) => table).sort()).toEqual(rows.map(({ table }) => table));
});

it("restores the newest successful backup to an instance of its own, compares all rows, and deletes the instance", async () => {
  const google = await fakeGcloud();
  const { urls } = await sourceAndClone();
  const report = await drill(options(urls));
  expect(report.backup.id).toBe("2");
  expect(isComplete(report.comparisons)).toBe(true);
  const byTable = Object.fromEntries(report.comparisons.map((table) => [table.table, table]));
  expect(byTable.user_activity).toMatchObject({ expected: 20, missing: 0, different: 0, changedSince: 0 });
  expect(byTable.clans).toMatchObject({ expected: 10 });
  expect(namesOf(google.calls())).toEqual([
    ...["instances describe", "backups list"],
    ...["instances create", "operations wait op-create"],
    ...["backups restore", "operations wait op-restore"],
    ...["instances list", "operations list", "instances delete", "operations wait op-delete"],
  ]);
  const [create, restore] = [2, 4].map((index) => google.calls()[index]);
  expect(create).toMatch(
    /^sql instances create clan-drill-[0-9a-f]{12} --region=europe-west1 .*--tier=db-g1-small --storage-size=10GB/,
  );
  expect(restore).toMatch(
    /^sql backups restore 2 --backup-instance=clan-1a2b3c --restore-instance=clan-drill-[0-9a-f]{12} /,
  );
  expect(google.instances()).toEqual(["clan-1a2b3c"]);
});

it("the command prints what it compared and how long each step took, and exits with 1 if rows are missing", async () => {
  await fakeGcloud();
  const { urls, clone } = await sourceAndClone();
  const lines: string[] = [];
  const printed = () => lines.join("\n");
  for (const stream of ["log", "error"] as const) {
    vi.spyOn(console, stream).mockImplementation((text) => void lines.push(text));
  }
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  // Without --instance, it finds the only one.
  await runDrill(cloudSqlOf("p"), undefined, options(urls));
  expect(process.exitCode).toBeUndefined();
  expect(printed()).toMatch(/Restores the newest backup of clan-1a2b3c/);
  expect(printed()).toMatch(/Backup 2 began at \S+, 01:00:\d\d ago/);
  expect(printed()).toMatch(/user_activity +20 +0 +0 +0 +\w+\n/);
  expect(printed()).toMatch(
    /restore the backup +00:00:\d\d\n(.*\n)+ +compare +00:00:\d\d\n +total +00:00:\d\d/,
  );

  await clone.query("delete from user_activity where user_id = 'user-3'");
  await runDrill(cloudSqlOf("p"), "clan-1a2b3c", options(urls));
  expect(process.exitCode).toBe(1);
  expect(printed()).toMatch(/user_activity +20 +1 +0 +0 +\w+\s+≠\s+\w+/);
  expect(printed()).toContain("The restored backup lacks rows");
});

it("refuses a database that it could not reach, before it creates an instance", async () => {
  const google = await fakeGcloud("", { privateNetwork: "projects/p/global/networks/clan" });
  await expect(drill(options({ source: "", clone: "" }))).rejects.toThrow(
    /in a private network.*--private-ip.*DRILL_RUNNER/,
  );
  expect(namesOf(google.calls())).toEqual(["instances describe"]);
  const { urls } = await sourceAndClone();
  await drill(options(urls, { usesPrivateIp: true }));
  expect(google.calls().find((call) => call.includes("instances create"))).toMatch(
    /--network=projects\/p\/global\/networks\/clan --no-assign-ip/,
  );
  await fakeGcloud();
  await expect(drill(options(urls, { usesPrivateIp: true }))).rejects.toThrow(/without --private-ip/);
});

it("lets the source go on: what changed there since the backup is counted, and is no difference", async () => {
  await fakeGcloud();
  const { urls, source } = await sourceAndClone();
  await source.query("update user_activity set iap_revenue = 9, updated_at = now() where user_id = 'user-1'");
  await source.query("delete from user_activity where user_id = 'user-2'");
  await source.query("insert into clans (name) values ('new')");
  const { comparisons } = await drill(options(urls));
  expect(isComplete(comparisons)).toBe(true);
  expect(comparisons.find(({ table }) => table === "user_activity")).toMatchObject({
    expected: 18,
    changedSince: 2,
  });
});

it("finds a row that the backup lost, and one that it has otherwise", async () => {
  await fakeGcloud();
  const { urls, clone } = await sourceAndClone();
  await clone.query("delete from user_activity where user_id = 'user-3'");
  await clone.query("update clans set region = 'DE' where name = 'clan 4'");
  const { comparisons } = await drill(options(urls));
  expect(isComplete(comparisons)).toBe(false);
  expect(comparisons.filter(({ missing, different }) => missing + different > 0)).toMatchObject([
    { table: "clans", missing: 0, different: 1 },
    { table: "user_activity", missing: 1, different: 0 },
  ]);
});

it.each([
  ["the creation", '*"wait op-create"*) echo "ERROR: quota exceeded" >&2; exit 1 ;;', /quota exceeded/],
  ["the restore", '*"backups restore"*) echo "ERROR: no space left" >&2; exit 1 ;;', /no space left/],
])("deletes the clone after %s failed", async (_, on, reason) => {
  const google = await fakeGcloud(on);
  await expect(drill(options({ source: "", clone: "" }))).rejects.toThrow(reason);
  expect(google.instances()).toEqual(["clan-1a2b3c"]);
});

it("deletes the clone after the migration failed, and once an operation on it has ended", async () => {
  const google = await fakeGcloud('*"operations list"*) echo op-running ;;');
  const failing = options(
    { source: "", clone: "" },
    { migrate: async () => Promise.reject(new Error("no role")) },
  );
  await expect(drill(failing)).rejects.toThrow("no role");
  expect(namesOf(google.calls()).slice(-4)).toEqual([
    "operations list",
    "operations wait op-running",
    "instances delete",
    "operations wait op-delete",
  ]);
  expect(google.instances()).toEqual(["clan-1a2b3c"]);
});

it("names the clone that it could not delete, with the command", async () => {
  await fakeGcloud('*"instances delete"*) echo "ERROR: forbidden" >&2; exit 1 ;;');
  const { urls } = await sourceAndClone();
  await expect(drill(options(urls))).rejects.toThrow(
    /clan-drill-\w+ may still exist .*forbidden.*gcloud sql instances delete clan-drill-/,
  );
});

it("deletes the clone after Ctrl+C, exits with 130, and leaves the instance of another drill alone", async () => {
  // The restore goes on until gcloud is stopped.
  const google = await fakeGcloud('*"wait op-restore"*) exec tail -f /dev/null ;;');
  writeFileSync(
    join(google.path.split(delimiter)[0] ?? "", "instances"),
    "clan-1a2b3c\nclan-drill-000000000000\n",
  );
  const script = runCommand("restore-drill", ["--project", "p"], { PATH: google.path });
  await untilPrinted(script, "restore the backup");
  await expect
    .poll(() => google.calls().some((call) => call.includes("wait op-restore")), { timeout: 20_000 })
    .toBe(true);
  script.child.kill("SIGINT");
  expect(await script.ended, script.output()).toBe(130);
  expect(script.output()).toContain("clan-drill-000000000000 is of another drill");
  expect(google.instances()).toEqual(["clan-1a2b3c", "clan-drill-000000000000"]);
});
