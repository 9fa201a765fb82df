import { readFileSync } from "node:fs";

/** The properties of a table that BigQuery can't change while it keeps its rows; descriptions can change. */
export interface ReleasedTable {
  /** `dataset.table` */
  name: string;
  columns: { name: string; type: string; mode: string }[];
  /** The column that partitions by day; null if there are no partitions. */
  partitionedBy: string | null;
  clusteredBy: string[];
}

/**
 * The tables that projects have since the last release. A release that adds a column adds it here too; any other change needs
 * a migration of the rows.
 */
export const releasedTables: ReleasedTable[] = JSON.parse(
  readFileSync(new URL("released-schemas.json", import.meta.url), "utf8"),
);

/** The changes that BigQuery refuses, or makes by replacing a table that projects have; none if `up` keeps every row. */
export function replacements(released: ReleasedTable[], current: ReleasedTable[]): string[] {
  return released.flatMap((before) => {
    const now = current.find(({ name }) => name === before.name);
    return now
      ? [...columnChanges(before, now), ...layoutChanges(before, now)]
      : [`${before.name} is missing`];
  });
}

function columnChanges(before: ReleasedTable, now: ReleasedTable): string[] {
  const kept = before.columns.flatMap((column, at) => {
    const place = now.columns.findIndex(({ name }) => name === column.name);
    const there = now.columns[place];
    if (!there) return [`${before.name}.${column.name} is missing`];
    return [
      place !== at && `${before.name}.${column.name} was column ${at + 1} and is column ${place + 1}`,
      there.type !== column.type && `${before.name}.${column.name} was ${column.type} and is ${there.type}`,
      there.mode !== column.mode && `${before.name}.${column.name} was ${column.mode} and is ${there.mode}`,
    ].filter((change) => change !== false);
  });
  const added = now.columns
    .filter(({ name }) => !before.columns.some((column) => column.name === name))
    .filter(({ mode }) => mode !== "NULLABLE")
    .map(({ name, mode }) => `${before.name}.${name} is new and ${mode}: existing rows have no value`);
  return [...kept, ...added];
}

function layoutChanges(before: ReleasedTable, now: ReleasedTable): string[] {
  const layoutOf = ({ partitionedBy, clusteredBy }: ReleasedTable) =>
    [partitionedBy ?? "nothing", clusteredBy.join(", ") || "nothing"] as const;
  const [[partition, clusters], [newPartition, newClusters]] = [layoutOf(before), layoutOf(now)];
  return [
    partition !== newPartition && `${before.name} was partitioned by ${partition} and is by ${newPartition}`,
    clusters !== newClusters && `${before.name} was clustered by ${clusters} and is by ${newClusters}`,
  ].filter((change) => change !== false);
}
