import type pg from "pg";
import { type ComparedTable, comparedTables } from "./compared-tables.ts";

export interface TableComparison {
  table: string;
  /** Rows of the source that have not changed since the backup, and how many of them the clone lacks or has otherwise. */
  expected: number;
  missing: number;
  different: number;
  /** The sum of the hashes of those rows, as the source and as the clone have them. */
  checksum: string;
  cloneChecksum: string;
  /** Rows of the clone that were changed or deleted in the source since. */
  changedSince: number;
}

/**
 * Compares every table of a restored and migrated clone with the source, which is in use. A row that has not changed since
 * `before`, a time before the backup, has to be in the clone as it is; a row that only the clone has was changed or deleted since.
 */
export async function compareTables(
  source: pg.Client,
  clone: pg.Client,
  before: Date,
): Promise<TableComparison[]> {
  const comparisons: TableComparison[] = [];
  for (const client of [source, clone]) await client.query("set time zone 'UTC'");
  for (const compared of comparedTables) {
    const columns = await sharedColumns(source, clone, compared);
    // An older schema than the code's lacks a table.
    if (columns.length > 0) comparisons.push(await compareTable(source, clone, compared, columns, before));
  }
  return comparisons;
}

/** Whether the clone has everything that it has to have. */
export const isComplete = (comparisons: TableComparison[]): boolean =>
  comparisons.every(
    ({ missing, different, checksum, cloneChecksum }) =>
      missing === 0 && different === 0 && checksum === cloneChecksum,
  );

async function compareTable(
  source: pg.Client,
  clone: pg.Client,
  compared: ComparedTable,
  columns: string[],
  before: Date,
): Promise<TableComparison> {
  const result = { table: compared.table, expected: 0, missing: 0, different: 0, changedSince: 0 };
  let checksum = 0n;
  let cloneChecksum = 0n;
  const [ofSource, ofClone] = await Promise.all(
    [source, clone].map((client) => groups(client, compared, columns, before)),
  );
  for (const name of new Set([...(ofSource?.keys() ?? []), ...(ofClone?.keys() ?? [])])) {
    const [expected, restored] = [ofSource?.get(name), ofClone?.get(name)];
    if (expected && expected.rows === restored?.rows && expected.checksum === restored.checksum) {
      result.expected += expected.rows;
      checksum += expected.checksum;
      cloneChecksum += restored.checksum;
      continue;
    }
    const [rows, restoredRows] = await Promise.all(
      [source, clone].map((client) => rowsOf(client, compared, columns, before, name)),
    );
    for (const [key, hash] of rows ?? []) {
      const restoredHash = restoredRows?.get(key);
      result.expected += 1;
      checksum += hash;
      cloneChecksum += restoredHash ?? 0n;
      if (restoredHash === undefined) result.missing += 1;
      else if (restoredHash !== hash) result.different += 1;
    }
    for (const key of restoredRows?.keys() ?? []) if (!rows?.has(key)) result.changedSince += 1;
  }
  return { ...result, checksum: hex(checksum), cloneChecksum: hex(cloneChecksum) };
}

async function groups(
  client: pg.Client,
  { table, unchanged, group }: ComparedTable,
  columns: string[],
  before: Date,
): Promise<Map<string, { rows: number; checksum: bigint }>> {
  const { rows } = await client.query(
    `select (${group})::text as name, count(*)::int as rows, sum(${hashOf(columns)}::numeric)::text as checksum
     from ${table} where ${unchanged} group by 1`,
    [before],
  );
  return new Map(rows.map(({ name, rows, checksum }) => [name, { rows, checksum: BigInt(checksum) }]));
}

async function rowsOf(
  client: pg.Client,
  { table, key, unchanged, group }: ComparedTable,
  columns: string[],
  before: Date,
  name: string,
): Promise<Map<string, bigint>> {
  const { rows } = await client.query(
    `select row(${key.join(", ")})::text as key, ${hashOf(columns)}::text as hash
     from ${table} where ${unchanged} and (${group})::text = $2`,
    [before, name],
  );
  return new Map(rows.map(({ key, hash }) => [key, BigInt(hash)]));
}

const hashOf = (columns: string[]) => `hashtextextended(row(${columns.join(", ")})::text, 0)`;

/** The columns that both have: the clone may have been migrated further than the source. */
async function sharedColumns(
  source: pg.Client,
  clone: pg.Client,
  { table, ignored = [] }: ComparedTable,
): Promise<string[]> {
  const [ofSource, ofClone] = await Promise.all(
    [source, clone].map(async (client) => {
      const { rows } = await client.query(
        `select quote_ident(attname) as name from pg_attribute
         where attrelid = to_regclass('public.' || $1) and attnum > 0 and not attisdropped and attgenerated = ''`,
        [table],
      );
      return rows.map(({ name }): string => name);
    }),
  );
  return (ofSource ?? []).filter((name) => ofClone?.includes(name) && !ignored.includes(name)).sort();
}

const hex = (sum: bigint) => BigInt.asUintN(64, sum).toString(16).padStart(16, "0");
