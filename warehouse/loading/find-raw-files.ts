import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isColumn } from "@clan-platform/contract/lines/from-file.ts";
import { WarehouseError } from "../warehouse.ts";
import { lakeTableOf } from "./lake-table.ts";

const isRawFile = (name: string) => /^[^._].*\.((csv|tsv|txt|json|jsonl|ndjson)(\.gz)?|parquet)$/i.test(name);
const known = ".csv, .tsv, .txt, .json, .jsonl and .ndjson, each also with .gz, and .parquet";

export interface FoundFiles {
  /** Ordered by name within each folder. */
  paths: string[];
  /** What else the folders have, such as `_SUCCESS`, `.DS_Store`, `._part.csv`, or folders, which end with `/`. */
  passedOver: string[];
}

/**
 * Lists the files of rows among these paths, and in the folders among them.
 * @throws {WarehouseError} for a path that does not exist or can't be read, a file of another kind, a folder without such files, or one
 *   of a table whose files are of several versions
 */
export function findRawFiles(paths: string[]): FoundFiles {
  const found = paths.map(findIn);
  return {
    paths: found.flatMap(({ paths }) => paths),
    passedOver: found.flatMap(({ passedOver }) => passedOver),
  };
}

function findIn(path: string): FoundFiles {
  const found = readable(path, () => statSync(path, { throwIfNoEntry: false }));
  if (!found)
    throw new WarehouseError(`${path} can't be read: there is no such file or folder; nothing was done.`);
  refuseLakeTable(path, found.isDirectory() ? path : dirname(path));
  if (!found.isDirectory()) {
    if (isRawFile(path.split(/[/\\]/).at(-1) ?? "")) return { paths: [path], passedOver: [] };
    throw new WarehouseError(`${path} is no file of activity: ${known} are known; nothing was done.`);
  }
  const entries = readable(path, () => readdirSync(path, { withFileTypes: true }))
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isPart = ({ name, isFolder }: (typeof entries)[number]) => !isFolder && isRawFile(name);
  const paths = entries.filter(isPart).map(({ name }) => join(path, name));
  const others = entries.filter((entry) => !isPart(entry));
  const passedOver = others.map(({ name, isFolder }) => join(path, isFolder ? `${name}/` : name));
  if (paths.length > 0) return { paths, passedOver };
  const folders = others.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  const hint = folders.length > 0 ? `, only folders: name these instead (${listed(folders)})` : "";
  throw new WarehouseError(
    `The folder ${path} has no files of activity (${known})${hint}; nothing was done.${partitionNote(folders)}`,
  );
}

/** Hive, Spark and Databricks leave the columns by which they make folders out of the files. */
function partitionNote(folders: string[]): string {
  const column = folders.map((name) => /^([^=]+)=/.exec(name)?.[1] ?? "").find(isColumn);
  return column ? ` The names of folders are not read: the files need the column ${column} too.` : "";
}

/** Any version of a row could count: which one does is not for us to guess. */
function refuseLakeTable(path: string, folder: string): void {
  const table = readable(path, () => lakeTableOf(folder));
  if (!table) return;
  throw new WarehouseError(
    `${path} is of the ${table.format} table ${table.folder}, whose files also have rows that were deleted or replaced since: ` +
      "export the table as Parquet or CSV, and load that; nothing was done.",
  );
}

/** What the system says of a path that this user may not read, that is too long, or whose links lead nowhere. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WarehouseError(`${path} can't be read: ${why}; nothing was done.`, { cause });
  }
}

const listed = (names: string[]) =>
  names.length > shown ? `${names.slice(0, shown).join(", ")}, …` : names.join(", ");
const shown = 5;
