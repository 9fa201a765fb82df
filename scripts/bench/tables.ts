import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { clanDailyMetricsTable } from "@clan-platform/warehouse/tables/table.ts";
import { runNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { baselineDays, growthName } from "./growth.ts";
import type { Ratio } from "./ratios.ts";
import { median, secondsText } from "./statistics.ts";
import { measured } from "./warehouse-measured.ts";

const clan = fileURLToPath(new URL("../clan.ts", import.meta.url));
const rows = 7_300_000;
const rounds = 3;

/** What the tables cost that are computed from 7.3 million raw rows and the members of a million clans, as ratios. */
export const run = (): Promise<Ratio[]> =>
  inTemporaryFolder(async (folder) => {
    console.log("  Generating and loading rows; letting players join clans …");
    const parts = join(folder, "parts");
    const environment = { ...process.env, DATA_DIR: join(folder, "data") };
    await runNode(clan, ["generate-raw", "--out", parts, "--rows", String(rows)], { environment });
    await runNode(clan, ["load-raw", "--no-refresh", parts], { environment });
    const among30 = join(folder, "data", "warehouse", "warehouse.duckdb");
    await measured("join-clans", among30);
    return [await clanTables(among30), ...(await growth(folder, among30)), await distinctUsers(among30)];
  });

/** All windows of 30 days in one pass, relative to a self-join. */
async function distinctUsers(database: string): Promise<Ratio> {
  console.log("  Counting distinct users, ours and by hand …");
  const ours = [await measured("refresh", database, "active_users")];
  const bare = [await measured("count-by-hand", database)];
  return {
    what: "active_users of 30 days relative to counting its MAU by hand",
    ours: secondsText(ours),
    against: secondsText(bare),
    ratio: median(ours) / median(bare),
  };
}

async function clanTables(database: string): Promise<Ratio> {
  console.log("  Refreshing a day of the tables about clans, and of daily_metrics …");
  await measured("refresh-weeks-before", database, clanDailyMetricsTable.name);
  const names = derivedTables.filter(({ dependsOnMemberships }) => dependsOnMemberships);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await measured("refresh-a-day", database, "daily_metrics"));
    ours.push(await measured("refresh-a-day", database, names.map(({ table }) => table.name).join(",")));
  }
  return {
    what: "a day of the tables about clans relative to daily_metrics",
    ours: secondsText(ours),
    against: secondsText(bare),
    ratio: median(ours) / median(bare),
  };
}

/** A day of each table among 360, relative to as few days as have all that it reads. */
async function growth(folder: string, among30: string): Promise<Ratio[]> {
  console.log("  Refreshing a day of each table among few days, and among 360 …");
  const among = async (days: number) => {
    if (days === 30) return among30;
    const database = join(folder, `among-${days}.duckdb`);
    if (!existsSync(database)) {
      cpSync(among30, database);
      await measured("grow", database, String(days));
    }
    return database;
  };
  const ratios: Ratio[] = [];
  for (const derived of derivedTables) {
    const { name } = derived.table;
    const [baseline, among360] = [await among(baselineDays(derived)), await among(360)];
    const few: number[] = [];
    const many: number[] = [];
    for (let round = 0; round < rounds; round++) {
      few.push(await measured("refresh-a-day", baseline, name));
      many.push(await measured("refresh-a-day", among360, name));
    }
    ratios.push({
      what: growthName(derived),
      ours: secondsText(many),
      against: secondsText(few),
      ratio: median(many) / median(few),
    });
  }
  return ratios;
}
