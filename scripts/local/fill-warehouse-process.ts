import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChecks } from "@clan-platform/warehouse/checks.ts";
import { coveredDays, findCoveredDays } from "@clan-platform/warehouse/days.ts";
import { openPart } from "@clan-platform/warehouse/loading/open-part.ts";
import { backfill } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { dailyMetricsTable, fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import type { Days, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { SingleBar } from "cli-progress";
import { exitWith } from "../commands/terminal/refusal.ts";
import { amountText } from "../commands/terminal/table-text.ts";
import { yesterday } from "../synthetic-data/calendar.ts";
import { generateRaw } from "../synthetic-data/generate.ts";
import { parseSettings } from "./settings.ts";
import { openWarehouse, warehouseFolder } from "./warehouse-target.ts";

// What `npm start` runs as a process of its own, so that the API answers meanwhile: fills the local warehouse when it is
// empty, or when the first fill was interrupted, and tells its parent one line about what is there.
const daysToFill = 30;
const seed = 1;

// Without a parent there is nobody to fill it for.
const endWithParent = () => process.exit(1);
process.once("disconnect", endWithParent);
process.once("SIGINT", () => process.exit(130));

try {
  const { values } = parseArgs({ options: { rows: { type: "string" } } });
  const settings = parseSettings(process.env);
  const warehouse = await openWarehouse("local", settings);
  const summary = await fill(warehouse, warehouseFolder(settings), Number(values.rows));
  await warehouse.close();
  process.off("disconnect", endWithParent);
  if (process.send) process.send(summary, () => process.disconnect());
} catch (error) {
  exitWith(error);
}

async function fill(warehouse: Warehouse, folder: string, rows: number): Promise<string> {
  const unfinished = findUnfinished(folder);
  const present = await findCoveredDays(warehouse);
  if (!unfinished && present) return describe(warehouse, present);
  if (rows === 0) return unfinished ? "not filled to its end" : "empty: npm run load-raw fills it";
  const options = unfinished ?? { rows, to: yesterday() };
  const parts = join(folder, `first-fill-${options.rows}-${options.to}`);
  mkdirSync(parts, { recursive: true });
  await load(warehouse, parts, options);
  const days = await coveredDays(warehouse);
  await backfill(warehouse, days);
  rmSync(parts, { recursive: true, force: true });
  return `${await describe(warehouse, days)}; ${await checksText(warehouse, days)}`;
}

/** A first fill that did not come to its end; the name of its folder says of what. */
function findUnfinished(folder: string): { rows: number; to: string } | undefined {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, rows, to] = /^first-fill-(\d+)-(\d{4}-\d{2}-\d{2})$/.exec(name) ?? [];
    if (to) return { rows: Number(rows), to };
  }
  return undefined;
}

async function load(warehouse: Warehouse, folder: string, { rows, to }: { rows: number; to: string }) {
  const bar = new SingleBar({
    format: "  Warehouse    {bar} {percentage} %   generating and loading {rows} rows of activity",
    barsize: 24,
    clearOnComplete: true,
  });
  bar.start(2 * rows, 0, { rows: amountText(rows) });
  let made = 0;
  let loaded = 0;
  // DuckDB has threads of its own: it loads a part while the next ones are made.
  let loading = Promise.resolve();
  const loadOne = async (path: string) => {
    const part = await openPart(path, folder);
    loaded += (await warehouse.loadPart(part)).read;
    rmSync(part.unpacked, { force: true });
    bar.update(made + loaded);
  };
  const onProgress = (rows: number) => {
    made = rows;
    bar.update(made + loaded);
  };
  await generateRaw({ out: folder, rows, days: daysToFill, to, seed }, onProgress, undefined, (path) => {
    loading = loading.then(() => loadOne(path));
    // Its failure is told at the end.
    loading.catch(() => {});
  });
  await loading;
  bar.stop();
}

async function checksText(warehouse: Warehouse, days: Days): Promise<string> {
  const results = await runChecks(warehouse, days);
  const count = (severity: string) =>
    results.filter(({ found, ...check }) => found > 0 && check.severity === severity).length;
  const [failed, warned] = [count("fail"), count("warn")];
  const good = results.length - failed - warned;
  return `${good} of ${results.length} checks ok${warned ? `, ${warned} warn` : ""}${failed ? `, ${failed} FAILED` : ""}`;
}

async function describe(warehouse: Warehouse, days: Days): Promise<string> {
  const count = async (table: Parameters<typeof fullName>[0]) => {
    const sql = `select count(*) as row_count from ${fullName(table)} where event_date between @from_date and @to_date`;
    const [row] = await warehouse.query(sql, days);
    return amountText(row?.row_count as number);
  };
  return `${await count(rawTable)} raw rows, ${await count(dailyMetricsTable)} of daily_metrics, ${days.from_date} to ${days.to_date}`;
}
