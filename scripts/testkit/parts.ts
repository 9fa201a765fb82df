import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import { activity, toCsv } from "./activity.ts";

/** Rows of some users on some days, each key once. */
export function activityRows(users: number, days: string[]): Record<string, unknown>[] {
  return days.flatMap((event_date, day) =>
    Array.from({ length: users }, (_, n) =>
      activity({
        user_id: `player-${n}`,
        event_date,
        platform: n % 3 ? "ANDROID" : "IOS",
        country: ["TR", "US", "DE", ""][n % 4],
        iap_revenue: ((n * 31 + day) % 7) / 10,
        ad_revenue: ((n * 17 + day) % 1_000) / 1e6,
      }),
    ),
  );
}

/** Writes rows as a raw file, compressed when its name ends with .gz, and returns its path. */
export function writePart(folder: string, name: string, rows: Record<string, unknown>[] | string): string {
  const path = join(folder, name);
  const text = typeof rows === "string" ? rows : toCsv(rows);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

/** The rows of a query on the local warehouse of a data folder. */
export async function readWarehouse(dataFolder: string, sql: string): Promise<Row[]> {
  const warehouse = await openDuckdb(join(dataFolder, "warehouse", "warehouse.duckdb"));
  try {
    await warehouse.createTables();
    return await warehouse.query(sql);
  } finally {
    await warehouse.close();
  }
}

/** All rows of the raw table and daily_metrics, sorted. */
export async function exportWarehouse(dataFolder: string): Promise<string> {
  const raw = await readWarehouse(
    dataFolder,
    "select * from clan_case_raw.user_daily_metrics_raw order by all",
  );
  const metrics = await readWarehouse(
    dataFolder,
    "select * from clan_case_analytics.daily_metrics order by all",
  );
  return JSON.stringify({ raw, metrics });
}
