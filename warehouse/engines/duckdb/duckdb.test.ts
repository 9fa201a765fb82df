import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, onTestFinished, vi } from "vitest";
import { openDuckdb } from "./duckdb.ts";

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

it("leaves its file alone in its folder", async () => {
  const folder = temporaryFolder();
  await (await openDuckdb(join(folder, "warehouse.duckdb"))).close();
  expect(readdirSync(folder)).toEqual(["warehouse.duckdb"]);
});
