import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** A table of a lake, whose files are of all its versions: only its own log says which rows are there. */
export interface LakeTable {
  format: "Delta" | "Hudi" | "Iceberg";
  folder: string;
}

/** The table to which the files of a folder belong; undefined when they are just files. */
export function lakeTableOf(folder: string): LakeTable | undefined {
  let root = resolve(folder);
  // In each partition, also where its folder is not named by its column.
  if (existsSync(join(root, ".hoodie_partition_metadata"))) return { format: "Hudi", folder: root };
  // Its partitions, such as event_date=2024-03-05.
  while (basename(root).includes("=")) root = dirname(root);
  if (existsSync(join(root, "_delta_log"))) return { format: "Delta", folder: root };
  if (existsSync(join(root, ".hoodie"))) return { format: "Hudi", folder: root };
  if (basename(root) === "data") root = dirname(root);
  return hasIcebergMetadata(join(root, "metadata")) ? { format: "Iceberg", folder: root } : undefined;
}

// https://iceberg.apache.org/spec/#file-system-tables
const hasIcebergMetadata = (folder: string) =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true &&
  readdirSync(folder).some((name) => name.endsWith(".metadata.json"));
