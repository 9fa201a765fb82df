import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvHeader } from "@clan-platform/contract/csv-text.ts";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, onTestFinished } from "vitest";
import { openRawFile } from "../../loading/open-raw-file.ts";
import type { Warehouse } from "../../warehouse.ts";
import { openDuckdb } from "./duckdb.ts";
import { createFileReader } from "./file-reader.ts";

const threads = async (warehouse: Warehouse) => {
  const [row] = await warehouse.query("select current_setting('threads') as threads");
  return Number(row?.threads);
};

/** As many as DuckDB takes by itself. */
async function allThreads(): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const [[count] = []] = (await connection.runAndReadAll("select current_setting('threads')")).getRows();
  connection.closeSync();
  instance.closeSync();
  return Number(count);
}

it("a warehouse has one thread while it holds little, and all from the moment that much is loaded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "clan-duckdb-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "warehouse.duckdb");
  const reader = createFileReader(path);
  const throughReader = async () => {
    const warehouse = await reader.open();
    return threads(warehouse).finally(() => warehouse.close());
  };
  const load = async (warehouse: Warehouse, name: string, rows: number) => {
    const line = (n: number) =>
      `${String(n).padStart(128, name)},2024-03-05,ANDROID,2024-03-01,TR,1,1,1,1,1,0,0,1,1`;
    const file = join(folder, name);
    writeFileSync(file, `${csvHeader}\n${Array.from({ length: rows }, (_, n) => line(n)).join("\n")}\n`);
    expect((await warehouse.loadFile(await openRawFile(file, folder))).loaded).toBe(rows);
  };

  const warehouse = await openDuckdb(path);
  await warehouse.createTables();
  await load(warehouse, "a", 10);
  expect(await threads(warehouse)).toBe(1);
  await warehouse.close();
  expect(await throughReader()).toBe(1);

  const again = await openDuckdb(path);
  // None of the two is large.
  await load(again, "b", 5_000);
  expect(await threads(again)).toBe(1);
  await load(again, "c", 20_000);
  expect(await threads(again)).toBe(await allThreads());
  const noise =
    "select md5(cast(n as varchar) || 'a') || md5(cast(n as varchar) || 'b') as text from range(100000) as r(n)";
  await again.query(`create table noise as ${noise}`);
  await again.close();

  const large = await openDuckdb(path);
  expect(await threads(large)).toBe(await allThreads());
  await large.close();
  expect(await throughReader()).toBe(await allThreads());
  await reader.close();
});
