import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { eraseActivity } from "@clan-platform/service/user-activity/repository.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { expect, it } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { runScript, temporaryFolder } from "../testkit/run.ts";
import { deliver, expectRaw, expectSynced, startPostgres, storedRows } from "../testkit/synced.ts";
import { compileCache } from "./compile-cache.ts";
import { parseSettings } from "./settings.ts";
import { syncLocally } from "./sync-locally.ts";
import { openWarehouse } from "./warehouse-target.ts";

async function start() {
  const postgres = await startPostgres();
  const DATA_DIR = await temporaryFolder();
  const environment = { DATABASE_URL: postgres.adminUrl, NODE_COMPILE_CACHE: compileCache };
  return { ...postgres, DATA_DIR, environment };
}

/** Opens the warehouse of a data folder, and closes it after `work`. */
async function look<T>(DATA_DIR: string, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await openWarehouse("local", parseSettings({ DATA_DIR }));
  return work(warehouse).finally(() => warehouse.close());
}

/** Changes with every file in a folder. */
function digest(folder: string): string {
  const hash = createHash("sha256");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  for (const path of paths) {
    hash.update(`${path}\0`);
    const file = join(folder, path);
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

it("killed between any two steps, it has done all or nothing, and the next run repairs it", async () => {
  const { admin, service, adminUrl, DATA_DIR, environment } = await start();
  await deliver(service, { user_id: "gone" }, { user_id: "same", event_date: "2024-03-07" });
  await syncLocally(adminUrl, parseSettings({ DATA_DIR }));
  const before = await storedRows(admin);
  // Something new, something else than before, something gone; on two days that are not next to each other.
  await deliver(service, { user_id: "new" });
  await deliver(service, { user_id: "same", event_date: "2024-03-07", iap_revenue: 7 });
  await eraseActivity(service, "gone");
  const after = await storedRows(admin);

  /** Expects what a killed sync has left in a data folder to be all or nothing, and the next sync to repair it. */
  const expectRepaired = async (folder: string, isCommitted: boolean) => {
    await look(folder, (warehouse) => expectRaw(warehouse, isCommitted ? after : before));
    await syncLocally(adminUrl, parseSettings({ DATA_DIR: folder }));
    await look(folder, (warehouse) => expectSynced(warehouse, after));
    const names = readdirSync(join(folder, "warehouse"));
    expect(names.filter((name) => name.startsWith("work"))).toEqual([]);
  };

  const moments = await temporaryFolder();
  const run = runScript("testkit/killed-sync.ts", ["every", moments], { ...environment, DATA_DIR });
  expect(await run.ended).toBe(0);
  const statements: string[] = run
    .output()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const kinds = ["select max(synced_to)", "copy (select", "begin", "merge into clan_case_raw", "commit"];
  const afterCommit = [
    "create or replace temp table syncs_to_cover",
    "merge into clan_case_analytics.daily_metrics_runs",
  ];
  expect(
    [...kinds, ...afterCommit].filter((kind) => !statements.some((sql) => sql.startsWith(kind))),
  ).toEqual([]);
  expect(
    statements.filter((sql) => sql.startsWith("merge into clan_case_analytics.daily_metrics as")),
  ).toHaveLength(2);
  const commit = statements.indexOf("commit");

  // Really killed: before the commit, and after it.
  for (const at of [commit, commit + 1]) {
    const folder = await temporaryFolder();
    cpSync(join(moments, "1"), folder, { recursive: true });
    const killed = runScript("testkit/killed-sync.ts", [String(at + 1)], {
      ...environment,
      DATA_DIR: folder,
    });
    expect(await killed.ended).toBeNull();
    expect(killed.output()).toBe(statements[at]);
    await expectRepaired(folder, at > commit);
  }

  // Before every statement, and after the last. The same files lead to the same, since a sync only reads from PostgreSQL.
  const seen = new Set<string>();
  for (const at of statements.keys()) {
    const folder = join(moments, String(at + 1));
    const files = digest(folder);
    const isCommitted = at > commit;
    if (!seen.has(`${isCommitted} ${files}`)) await expectRepaired(folder, isCommitted);
    seen.add(`${isCommitted} ${files}`);
  }
  await expectRepaired(DATA_DIR, true);
  expect(seen.size).toBeGreaterThan(5);
}, 300_000);

it("several at once don't collide, and count nothing twice", async () => {
  const { admin, service, DATA_DIR, environment } = await start();
  await deliver(service, { user_id: "ann" }, { user_id: "bob" });
  const runs = [1, 2, 3].map(() => runCommand("sync", [], { ...environment, DATA_DIR }));
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  await look(DATA_DIR, async (warehouse) => {
    await expectSynced(warehouse, await storedRows(admin));
    const sums =
      "select sum(rows_inserted) as inserted, sum(rows_updated) as updated from clan_case_raw.activity_syncs";
    expect(await warehouse.query(sums)).toEqual([{ inserted: 2, updated: 0 }]);
  });
}, 300_000);
