import type { TableMetadata } from "@google-cloud/bigquery";
import { type Table, tables } from "../../tables/table.ts";
import { WarehouseError } from "../../warehouse.ts";
import type { Connection } from "./connection.ts";
import { isDuplicate, type ThrownError } from "./failures.ts";
import { retrying } from "./retry.ts";

/**
 * Creates the datasets and tables that are missing, for experiments: in the cloud, Pulumi creates them.
 * @throws {WarehouseError} when a dataset is in another location
 */
export async function createTables(connection: Connection): Promise<void> {
  for (const dataset of new Set(tables.map(({ dataset }) => dataset))) {
    const isNew = await createDataset(connection, dataset);
    if (!isNew) await checkLocation(connection, dataset);
  }
  for (const { dataset, name, ...table } of tables) {
    await createTable(connection, dataset, name, metadataOf(table));
  }
}

/** When BigQuery last modified a table. */
export async function lastWrittenAt(
  connection: Connection,
  { dataset, name }: Pick<Table, "dataset" | "name">,
): Promise<string | undefined> {
  const table = connection.client.dataset(dataset).table(name);
  const [{ lastModifiedTime }] = await retrying(connection, () => table.getMetadata());
  return lastModifiedTime === undefined ? undefined : new Date(Number(lastModifiedTime)).toISOString();
}

/** From the table's metadata, which is free (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table, `numRows`). */
export async function countRows(
  connection: Connection,
  { dataset, name }: Pick<Table, "dataset" | "name">,
): Promise<number> {
  const table = connection.client.dataset(dataset).table(name);
  const [{ numRows }] = await retrying(connection, () => table.getMetadata());
  return Number(numRows ?? 0);
}

/** The days after which a table's partitions expire; undefined when they don't. */
export async function partitionsKeptFor(
  connection: Connection,
  { dataset, name }: Pick<Table, "dataset" | "name">,
): Promise<number | undefined> {
  const table = connection.client.dataset(dataset).table(name);
  const [{ timePartitioning }] = await retrying(connection, () => table.getMetadata());
  const ms = timePartitioning?.expirationMs;
  return ms === undefined || ms === null ? undefined : Number(ms) / 86_400_000;
}

/** Returns false, and changes nothing, when a table of that name exists. */
export const createTable = (connection: Connection, dataset: string, name: string, metadata: TableMetadata) =>
  created(connection, () => connection.client.dataset(dataset).createTable(name, metadata));

const createDataset = (connection: Connection, dataset: string) =>
  created(connection, () => connection.client.createDataset(dataset, { location: connection.location }));

async function created(connection: Connection, create: () => Promise<unknown>): Promise<boolean> {
  try {
    await retrying(connection, create);
    return true;
  } catch (error) {
    if (isDuplicate(error as ThrownError)) return false;
    throw error;
  }
}

async function checkLocation(connection: Connection, dataset: string): Promise<void> {
  const { client, location } = connection;
  const [{ location: actual }] = await retrying(connection, () => client.dataset(dataset).getMetadata());
  if (actual.toUpperCase() === location.toUpperCase()) return;
  throw new WarehouseError(
    `The dataset ${dataset} is in ${actual}, and the warehouse works in ${location}: give ${actual} as location, or delete the dataset.`,
  );
}

function metadataOf(table: Omit<Table, "dataset" | "name">): TableMetadata {
  const { fields, description, timePartitioning, requirePartitionFilter, clustering } = table;
  return {
    schema: { fields },
    description,
    ...(timePartitioning && { timePartitioning, requirePartitionFilter }),
    ...(clustering && { clustering }),
  };
}
