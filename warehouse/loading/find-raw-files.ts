import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { WarehouseError } from "../warehouse.ts";

const isRawFile = (name: string) => /^[^._].*\.(csv|tsv|txt|json|jsonl|ndjson)(\.gz)?$/i.test(name);
const known = ".csv, .tsv, .txt, .json, .jsonl and .ndjson, each also with .gz";

export interface FoundFiles {
  /** Ordered by name within each folder. */
  paths: string[];
  /** Files in the folders that are no parts, such as `_SUCCESS`, `.DS_Store` or `._part.csv`. */
  passedOver: string[];
}

/**
 * Lists the files of rows among these paths, and in the folders among them.
 * @throws {WarehouseError} for a path that does not exist, a file of another kind, or a folder without such files
 */
export function findRawFiles(paths: string[]): FoundFiles {
  const found = paths.map(findIn);
  return {
    paths: found.flatMap(({ paths }) => paths),
    passedOver: found.flatMap(({ passedOver }) => passedOver),
  };
}

function findIn(path: string): FoundFiles {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found)
    throw new WarehouseError(`${path} can't be read: there is no such file or folder; nothing was loaded.`);
  if (!found.isDirectory()) {
    if (isRawFile(path.split(/[/\\]/).at(-1) ?? "")) return { paths: [path], passedOver: [] };
    throw new WarehouseError(`${path} is no part: ${known} are known; nothing was loaded.`);
  }
  const names = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  const files = names.filter(isRawFile).map((name) => join(path, name));
  const passedOver = names.filter((name) => !isRawFile(name)).map((name) => join(path, name));
  if (files.length > 0) return { paths: files, passedOver };
  throw new WarehouseError(`The folder ${path} has no parts (${known}); nothing was loaded.`);
}
