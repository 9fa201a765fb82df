import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { WarehouseError } from "../warehouse.ts";

const isRawFile = (name: string) => /\.csv(\.gz)?$/i.test(name);

/**
 * Lists the csv and csv.gz files among these paths, and those in the folders among them, ordered by name.
 * @throws {WarehouseError} for a path that does not exist, a file of another kind, or a folder without such files
 */
export function findRawFiles(paths: string[]): string[] {
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found)
      throw new WarehouseError(`${path} can't be read: there is no such file or folder; nothing was loaded.`);
    if (!found.isDirectory()) {
      if (isRawFile(path)) return [path];
      throw new WarehouseError(`${path} is no part: .csv and .csv.gz are known; nothing was loaded.`);
    }
    const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const names = files
      .map(({ name }) => name)
      .filter(isRawFile)
      .toSorted();
    if (names.length > 0) return names.map((name) => join(path, name));
    throw new WarehouseError(`The folder ${path} has no parts (.csv or .csv.gz); nothing was loaded.`);
  });
}
