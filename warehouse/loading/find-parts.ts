import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { WarehouseError } from "../warehouse.ts";

const isPart = (name: string) => /\.csv(\.gz)?$/i.test(name);

/**
 * The csv and csv.gz files that are named, or lie in a folder that is named, in the order of their names.
 * @throws {WarehouseError} for what is not there, is of another kind, or is a folder without parts
 */
export function findParts(paths: string[]): string[] {
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found)
      throw new WarehouseError(`${path} can't be read: there is no such file or folder; nothing was loaded.`);
    if (!found.isDirectory()) {
      if (isPart(path)) return [path];
      throw new WarehouseError(`${path} is no part: .csv and .csv.gz are known; nothing was loaded.`);
    }
    const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const parts = files
      .map(({ name }) => name)
      .filter(isPart)
      .toSorted();
    if (parts.length > 0) return parts.map((name) => join(path, name));
    throw new WarehouseError(`The folder ${path} has no parts (.csv or .csv.gz); nothing was loaded.`);
  });
}
