import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import {
  fullName,
  loadedPartsTable,
  rawTable,
  rejectedTable,
} from "@clan-platform/warehouse/tables/table.ts";
import type { Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { expectThat } from "../experiment.ts";

/** What a loader has written, without timestamps. */
export interface Tables {
  raw: Row[];
  rejected: Row[];
  /** By digest, without names: a part may have several. */
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

/** Runs `work` with a local warehouse in memory. */
export const inMemory = <T>(work: (warehouse: Warehouse) => Promise<T>) => inWarehouse(":memory:", work);

/** Runs `work` with the local warehouse in a file. */
export async function inWarehouse<T>(path: string, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await openDuckdb(path);
  try {
    await warehouse.createTables();
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

/** No key and no rejected line is there twice, and the counts of every part add up. @throws {ExperimentFailed} */
export function expectConsistent({ raw, rejected, parts }: Tables, when: string): void {
  const keys = new Set(raw.map(keyOf));
  expectThat(keys.size === raw.length, `${when}: ${raw.length - keys.size} rows are duplicates in raw`);
  const digests = new Set(parts.map(({ part }) => part));
  expectThat(digests.size === parts.length, `${when}: a part is recorded as loaded twice`);
  for (const { part, rows_read, rows_loaded, rows_replaced, rows_rejected } of parts) {
    const [read, loaded, replaced, bad] = [rows_read, rows_loaded, rows_replaced, rows_rejected].map(Number);
    const sum = Number(loaded) + Number(replaced) + Number(bad);
    expectThat(
      read === sum,
      `${when}: ${read} lines of ${part} were read, but ${sum} loaded, replaced or rejected`,
    );
    const kept = rejected.filter((row) => row.part === part).length;
    expectThat(kept === bad, `${when}: ${bad} lines of ${part} were rejected, but ${kept} are quarantined`);
  }
  const loaded = parts.reduce((total, { rows_loaded }) => total + Number(rows_loaded), 0);
  expectThat(loaded === raw.length, `${when}: ${loaded} keys were new, but raw has ${raw.length} rows`);
}

export const keyOf = ({ event_date, user_id, platform }: Record<string, unknown>) =>
  `${event_date} ${platform} ${user_id}`;

/** @throws {ExperimentFailed} with the first difference, unless both are exactly the same */
export function expectSameTables(actual: Tables, expected: Tables, when: string): void {
  for (const table of ["raw", "rejected", "parts"] as const) expectSameRows(actual, expected, table, when);
}

export function expectSameRows(actual: Tables, expected: Tables, table: keyof Tables, when: string): void {
  const [are, should] = [actual[table].map(asText), expected[table].map(asText)];
  const at = should.findIndex((row, n) => row !== are[n]);
  expectThat(
    are.length === should.length && at === -1,
    `${when}: ${table} has ${are.length} rows instead of ${should.length}; first difference: ${are[at] ?? "none"} instead of ${should[at] ?? "none"}`,
  );
}

const asText = (row: Row) => JSON.stringify(row);
