import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, onTestFinished, vi } from "vitest";
import { fullName, loadedPartsTable, rawTable } from "../../tables/table.ts";
import { openDuckdb } from "./duckdb.ts";
import { whenFree } from "./when-free.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clan-duckdb-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("opens after a process was killed while DuckDB wrote the first bytes of the file", async () => {
  const path = join(temporaryFolder(), "warehouse.duckdb");
  const dying = vi.spyOn(DuckDBInstance, "create").mockImplementationOnce((path = "") => {
    writeFileSync(path, "DUCK");
    return new Promise(() => {});
  });
  onTestFinished(() => dying.mockRestore());
  void openDuckdb(path);
  expect(dying).toHaveBeenCalledOnce();

  const warehouse = await openDuckdb(path);
  await warehouse.createTables();
  expect(await warehouse.query("select count(*) as n from clan_case_raw.loaded_parts")).toEqual([{ n: 0 }]);
  await warehouse.close();
});

it.each([
  ["Permission denied", /may write it, or set DATA_DIR to another folder \(IO Error: .*Permission denied\)/],
  ["Read-only file system", /may write it, or set DATA_DIR to another folder/],
  ["The file is not a valid DuckDB database file!", /move it away, or start over with npm start -- --fresh/],
])("names a remedy that fits: %s", async (reason, remedy) => {
  const open = () => Promise.reject(new Error(`IO Error: Cannot open file "a.duckdb": ${reason}`));
  await expect(whenFree("a.duckdb", open, {})).rejects.toThrow(remedy);
});

it("leaves its file alone in its folder", async () => {
  const folder = temporaryFolder();
  await (await openDuckdb(join(folder, "warehouse.duckdb"))).close();
  expect(readdirSync(folder)).toEqual(["warehouse.duckdb"]);
});

it("records when a table was written, by the table that a statement names", async () => {
  const warehouse = await openDuckdb(":memory:");
  await warehouse.createTables();
  const sql = `delete from ${fullName(loadedPartsTable)}`;
  await warehouse.query(sql);
  expect(await warehouse.lastWrittenAt(loadedPartsTable)).toBeUndefined();
  await warehouse.write({ sql, writes: loadedPartsTable });
  expect(await warehouse.lastWrittenAt(loadedPartsTable)).toMatch(/^\d{4}-.*Z$/);
  expect(await warehouse.lastWrittenAt(rawTable)).toBeUndefined();
  await warehouse.close();
});

it("refuses a parameter without a value, and a value without a parameter", async () => {
  const warehouse = await openDuckdb(":memory:");
  const day = "2024-03-01";
  expect(await warehouse.query("select @day as day", { day })).toEqual([{ day }]);
  await expect(warehouse.query("select @day as day")).rejects.toThrow("day, which is not declared");
  await expect(warehouse.query("select 1 as one", { day })).rejects.toThrow("does not use day");
  await warehouse.close();
});
