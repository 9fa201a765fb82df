import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { removeWarehouse } from "./remove-warehouse.ts";
import { syntheticName } from "./unfinished-fill.ts";

it("removes what commands write, and keeps what else is in the folder, such as sources of that name", async () => {
  const folder = await temporaryFolder();
  const files = ["warehouse.duckdb", "warehouse.duckdb.wal", "warehouse.duckdb.first-fill.json"];
  const notes = ["loading-raw.json", "members-to-seed.json"];
  const folders = [syntheticName({ rows: 50, to: "2024-03-05" }), "work-17-aB3", "warehouse.duckdb.tmp"];
  const copies = ["warehouse.duckdb-copy", "warehouse.duckdb.bak"];
  const foreign = ["tables", "query.sql", "first-fill", "work-in-progress", ...copies];
  for (const name of [...files, ...notes, "query.sql", ...copies]) {
    writeFileSync(join(folder, name), "x");
  }
  for (const name of [...folders, "tables", "first-fill", "work-in-progress"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "file"), "x");
  }
  // A folder on another disk.
  const link = join(await temporaryFolder(), "warehouse");
  symlinkSync(folder, link);
  removeWarehouse(link);
  expect(readdirSync(folder).sort()).toEqual(foreign.toSorted());
  removeWarehouse(join(folder, "none"));
});
