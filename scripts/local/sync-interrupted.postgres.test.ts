import { readdirSync } from "node:fs";
import { join } from "node:path";
import { eraseUser } from "@clan-platform/service/user-activity/repository.ts";
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
  const settings = parseSettings({ DATA_DIR });
  const environment = { DATA_DIR, DATABASE_URL: postgres.adminUrl, NODE_COMPILE_CACHE: compileCache };
  const look = async <T>(work: (warehouse: Awaited<ReturnType<typeof openWarehouse>>) => Promise<T>) => {
    const warehouse = await openWarehouse("local", settings);
    return work(warehouse).finally(() => warehouse.close());
  };
  return { ...postgres, settings, look, environment };
}

it("killed between any two steps, it has done all or nothing, and the next run repairs it", async () => {
  const { admin, service, adminUrl, settings, look, environment } = await start();
  const died: string[] = [];
  let isFinished = false;
  for (let step = 1; !isFinished; step++) {
    const before = await storedRows(admin);
    // Something new, something else than before, something gone; on two days that are not next to each other.
    await deliver(service, { user_id: `new ${step}` });
    await deliver(service, { user_id: "same", event_date: "2024-03-07", iap_revenue: step });
    await eraseUser(service, `new ${step - 1}`);
    const after = await storedRows(admin);

    const killed = runScript("testkit/killed-sync.ts", [String(step)], environment);
    isFinished = (await killed.ended) === 0;
    if (!isFinished) died.push(killed.output());
    const isCommitted = isFinished || died.slice(0, -1).includes("commit");
    await look((warehouse) => expectRaw(warehouse, isCommitted ? after : before));

    await syncLocally(adminUrl, settings);
    await look((warehouse) => expectSynced(warehouse, after));
    expect(
      readdirSync(join(settings.DATA_DIR, "warehouse")).filter((name) => name.startsWith("work")),
    ).toEqual([]);
  }
  const kinds = ["select max(synced_to)", "copy (select", "begin", "merge into clan_case_raw", "commit"];
  const afterCommit = [
    "create or replace temp table syncs_to_cover",
    "merge into clan_case_analytics.daily_metrics_runs",
  ];
  expect([...kinds, ...afterCommit].filter((kind) => !died.some((sql) => sql.startsWith(kind)))).toEqual([]);
  expect(
    died.filter((sql) => sql.startsWith("merge into clan_case_analytics.daily_metrics as")),
  ).toHaveLength(2);
}, 300_000);

it("several at once don't collide, and count nothing twice", async () => {
  const { admin, service, look, environment } = await start();
  await deliver(service, { user_id: "ann" }, { user_id: "bob" });
  const runs = [1, 2, 3].map(() => runCommand("sync", [], environment));
  expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  await look(async (warehouse) => {
    await expectSynced(warehouse, await storedRows(admin));
    const sums =
      "select sum(rows_inserted) as inserted, sum(rows_updated) as updated from clan_case_raw.activity_syncs";
    expect(await warehouse.query(sums)).toEqual([{ inserted: 2, updated: 0 }]);
  });
}, 300_000);
