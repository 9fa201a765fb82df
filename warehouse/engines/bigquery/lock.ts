import { derivedTables } from "../../tables/derived-tables.ts";
import {
  annotationsTable,
  clanMembershipPeriodsTable,
  clansTable,
  dailyMetricsLockTable,
  fullName,
  rawLockTable,
  rawTable,
  type Table,
} from "../../tables/table.ts";
import type { TableName } from "../../warehouse.ts";

/** The lock that a script has to take before it writes a table; undefined where writers can't disturb each other. */
export const lockOf = ({ name }: TableName): Table | undefined => locks[name];

const locks: Record<string, Table> = {
  ...Object.fromEntries(
    [rawTable, clansTable, clanMembershipPeriodsTable].map(({ name }) => [name, rawLockTable]),
  ),
  ...Object.fromEntries(
    derivedTables
      .flatMap(({ table, runs }) => [table, runs])
      .map(({ name }) => [name, dailyMetricsLockTable]),
  ),
  [annotationsTable.name]: dailyMetricsLockTable,
};

/**
 * A transaction of which one at a time succeeds. An INSERT, and a MERGE that only inserts, conflict with nothing
 * (https://cloud.google.com/bigquery/docs/data-manipulation-language#dml_statement_conflicts), so two of them could insert
 * the same keys. Of two transactions that update rows of one table, one is cancelled
 * (https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency): each updates the row of the lock table
 * first, and the cancelled one is run again (failures.ts).
 */
export const lockedScript = (lock: Table, statements: string[]): string =>
  [createLockRow(lock), "begin transaction", takeLock(lock), ...statements, "commit transaction"].join(
    ";\n\n",
  );

/**
 * Runs before the transaction, so that there is a committed row to update. Two scripts may insert one each: every later
 * transaction updates both rows, so they conflict all the same.
 */
export const createLockRow = (lock: Table): string => `insert into ${fullName(lock)} (locked_at)
select current_timestamp
from (select 1 as one) as one_row
where not exists (select 1 from ${fullName(lock)})`;

/** The first statement of the transaction. An UPDATE needs a condition. */
export const takeLock = (lock: Table): string =>
  `update ${fullName(lock)} set locked_at = current_timestamp where true`;
