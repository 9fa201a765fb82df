import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import {
  fullName,
  loadedPartsTable,
  rawTable,
  rejectedTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { promised } from "../experiment.ts";

/** What a loader leaves, but for the time it was left at. */
export interface Tables {
  raw: Row[];
  rejected: Row[];
  /** By their digest; without names, of which the same part may have several. */
  parts: Row[];
}

export async function tablesOf(warehouse: Pick<Warehouse, "query">): Promise<Tables> {
  const days = "event_date between date '0001-01-01' and date '9999-12-31'";
  return {
    raw: await warehouse.query(`select * from ${fullName(rawTable)} where ${days} order by all`),
    rejected: await warehouse.query(
      `select part, line, field, reason, text from ${fullName(rejectedTable)} order by all`,
    ),
    parts: await warehouse.query(
      `select part, rows_read, rows_loaded, rows_replaced, rows_rejected from ${fullName(loadedPartsTable)} order by all`,
    ),
  };
}

/** A local warehouse in memory, for as long as `work` takes. */
export const inMemory = <T>(work: (warehouse: Warehouse) => Promise<T>) => inWarehouse(":memory:", work);

/** The local warehouse in a file, for as long as `work` takes. */
export async function inWarehouse<T>(path: string, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await openDuckdb(path);
  try {
    await warehouse.createTables();
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

/** No key twice, each bad line once, and the counts of every part add up. @throws {Broken} */
export function promiseWhole({ raw, rejected, parts }: Tables, when: string): void {
  const keys = new Set(raw.map(keyOf));
  promised(keys.size === raw.length, `${when}: ${raw.length - keys.size} rows are in raw twice`);
  const digests = new Set(parts.map(({ part }) => part));
  promised(digests.size === parts.length, `${when}: a part is noted as loaded twice`);
  for (const { part, rows_read, rows_loaded, rows_replaced, rows_rejected } of parts) {
    const [read, loaded, replaced, bad] = [rows_read, rows_loaded, rows_replaced, rows_rejected].map(Number);
    const sum = Number(loaded) + Number(replaced) + Number(bad);
    promised(read === sum, `${when}: ${read} were read, and ${sum} loaded, replaced or rejected, of ${part}`);
    const kept = rejected.filter((row) => row.part === part).length;
    promised(kept === bad, `${when}: ${bad} lines were rejected, and ${kept} are kept, of ${part}`);
  }
  const loaded = parts.reduce((total, { rows_loaded }) => total + Number(rows_loaded), 0);
  promised(loaded === raw.length, `${when}: ${loaded} keys were new, and ${raw.length} rows are in raw`);
}

export const keyOf = ({ event_date, user_id, platform }: Record<string, unknown>) =>
  `${event_date} ${platform} ${user_id}`;

/** @throws {Broken} with the first difference, unless both are the same to the last digit */
export function promiseSame(actual: Tables, expected: Tables, when: string): void {
  for (const table of ["raw", "rejected", "parts"] as const) promiseSameRows(actual, expected, table, when);
}

export function promiseSameRows(actual: Tables, expected: Tables, table: keyof Tables, when: string): void {
  const [are, should] = [actual[table].map(asText), expected[table].map(asText)];
  const at = should.findIndex((row, n) => row !== are[n]);
  promised(
    are.length === should.length && at === -1,
    `${when}: ${table} has ${are.length} rows where ${should.length} should be; first difference: ${are[at] ?? "none"} for ${should[at] ?? "none"}`,
  );
}

const asText = (row: Row) => JSON.stringify(row);
