import { linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { WarehouseError } from "../../warehouse.ts";

/** Creates the folder of a file. @throws {WarehouseError} when that fails */
export function createFolder(path: string): void {
  if (path.includes("?"))
    throw new WarehouseError(`${path} can't be the local warehouse: DuckDB takes no ? in a path.`);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WarehouseError(`The folder of ${path} can't be made: ${why}; set DATA_DIR to another one.`, {
      cause,
    });
  }
}

/**
 * Creates an empty DuckDB file. It is written in another place and linked to its name when it is complete, because DuckDB
 * would never open what a killed process leaves half-written. When several processes create it, the first one's stays.
 */
export async function createFile(path: string): Promise<void> {
  let folder: string | undefined;
  try {
    // The name marks it as a work folder, so that one left by a killed process is removed later (work-folder.ts).
    folder = mkdtempSync(join(dirname(path), `work-${process.pid}-`));
    const created = join(folder, "new.duckdb");
    (await DuckDBInstance.create(created)).closeSync();
    linkSync(created, path);
  } catch {
    // Another process was first, or this way does not work: opening the file creates it or says why not.
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}
