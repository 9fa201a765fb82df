import { validateFile } from "../../loading/validate-file.ts";
import {
  type QueryParameters,
  type RawFile,
  type Supports,
  unsupported,
  type Warehouse,
  type WriteStatement,
} from "../../warehouse.ts";
import { type ConnectionOptions, connectBigquery } from "./connection.ts";
import { explain } from "./failures.ts";
import { loadFile, type ValidateFile } from "./load.ts";
import { lockedScript, lockOf } from "./lock.ts";
import { bytesToRead, type Parameter, runQuery } from "./queries.ts";
import { countRows, createTables, lastWrittenAt, partitionsKeptFor } from "./tables.ts";

export interface BigqueryOptions extends ConnectionOptions {
  /** Separates the valid rows of a file from the rejected lines. */
  validate?: ValidateFile;
}

/** Scheduled queries fetch PostgreSQL's changes, and recompute the touched days (scheduled-queries.ts). */
export const supports: Supports = { syncActivity: false, recomputeTouchedDays: false, bytesToRead: true };

/**
 * The warehouse on BigQuery. Every method retries for about two minutes, or `patienceMs`, while BigQuery is overloaded or
 * unreachable; where it accepts requests and never answers, `requestLimitMs` longer for each attempt. No job runs twice.
 * @throws {WarehouseError} when no project is known; so do the methods when credentials, permissions, a project or a
 *   dataset are missing, or the quota is exceeded
 */
export async function openBigquery({
  validate = validateFile,
  ...options
}: BigqueryOptions = {}): Promise<Warehouse> {
  const { location = "EU" } = options;
  const explained = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw explain(error, location);
    });
  const connection = await explained(connectBigquery(options));
  const load = (file: RawFile) => explained(loadFile(connection, validate, file));
  return {
    supports,
    createTables: () => explained(createTables(connection)),
    // Other processes may load the same file, and continue where this one is: nothing is started before its turn.
    prepareFile: async (file) => ({ load: () => load(file), discard: async () => {} }),
    loadFile: load,
    syncActivity: unsupported,
    query: (sql, parameters) => explained(runQuery(connection, sql, typed(parameters))),
    write: async ({ sql, writes, ...values }) => {
      const lock = writes && lockOf(writes);
      const script = lock ? lockedScript(lock, [sql]) : sql;
      await explained(runQuery(connection, script, parametersOf(values)));
    },
    runScript: (statements) => explained(runQuery(connection, ...asScript(statements))),
    lastWrittenAt: (table) => explained(lastWrittenAt(connection, table)),
    contentVersion: (table) => explained(lastWrittenAt(connection, table)),
    countRows: (table) => explained(countRows(connection, table)),
    partitionsKeptFor: (table) => explained(partitionsKeptFor(connection, table)),
    bytesToRead: (sql, days) => explained(bytesToRead(connection, sql, typed(days))),
    close: async () => {},
  };
}

/**
 * One job. The API returns the rows of its last statement
 * (https://cloud.google.com/bigquery/docs/multi-statement-queries#return_the_last_executed_statement). What is written, and all
 * that is read before it, is one transaction with the lock of the table.
 */
function asScript(statements: WriteStatement[]): [sql: string, parameters: Record<string, Parameter>] {
  const sql = statements.map(({ sql }) => sql);
  const locks = statements.map(({ writes }) => writes && lockOf(writes));
  const last = locks.findLastIndex((lock) => lock !== undefined);
  const lock = locks[last];
  const script = lock ? [lockedScript(lock, sql.slice(0, last + 1)), ...sql.slice(last + 1)] : sql;
  return [script.join(";\n\n"), Object.assign({}, ...statements.map(parametersOf))];
}

const parametersOf = ({
  parameters,
  texts = {},
}: Pick<WriteStatement, "parameters" | "texts">): Record<string, Parameter> => ({
  ...typed(parameters),
  ...Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { type: "STRING", value }])),
});

const typed = (parameters: QueryParameters = {}): Record<string, Parameter> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "string" ? { type: "DATE", value } : { type: "ARRAY<STRING>", value: [...value] },
    ]),
  );
