import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  type DuckDBValue,
} from "@duckdb/node-api";
import { fullName, rawTable, type Table, tables } from "../../tables/table.ts";
import {
  type Days,
  type Part,
  type PreparedPart,
  type Row,
  type SyncReport,
  type Value,
  type Warehouse,
  WarehouseBusy,
  WarehouseError,
} from "../../warehouse.ts";
import { preparePart } from "./load.ts";
import { runWith } from "./run.ts";
import { syncActivity } from "./sync.ts";
import { duckdbTypes } from "./types.ts";

export interface DuckdbOptions {
  /** Called while another process holds the file, with its id when that is known. */
  onWait?: (pid: number | undefined) => void;
  /** How long to wait for it; ten minutes when not given. */
  patienceMs?: number;
  /** Changes nothing in the file, which has to be there: whoever else reads it may hold it at the same time. */
  readOnly?: boolean;
}

/**
 * The warehouse in a DuckDB file, made when it is not there; `:memory:` is one for the moment. One process at a time
 * can hold the file: this waits until it is free.
 * @throws {WarehouseError} when it is not a file of ours
 * @throws {WarehouseBusy} when it stays taken
 */
export async function openDuckdb(path: string, options: DuckdbOptions = {}): Promise<Warehouse> {
  if (path !== ":memory:" && !options.readOnly) {
    makeFolder(path);
    if (!existsSync(path)) await makeFile(path);
  }
  const instance = await openFile(path, options);
  const connect = async () => {
    const connection = await instance.connect();
    for (const statement of dialect) await connection.run(statement);
    return connection;
  };
  const connection = await connect();
  const prepare = async (part: Part): Promise<PreparedPart> => {
    const { load, discard } = await explained(path, preparePart(await connect(), part));
    return {
      load: () => explained(path, noteAfter(load(), connection, fullName(rawTable))),
      discard,
    };
  };
  return {
    createTables: () => explained(path, createTables(connection, path)),
    preparePart: prepare,
    loadPart: async (part) => (await prepare(part)).load(),
    syncActivity: (changes) => explained(path, noteSynced(syncActivity(connection, changes), connection)),
    query: (sql, days = {}) =>
      explained(path, noteAfter(runQuery(connection, sql, days), connection, writtenTable(sql))),
    lastWrittenAt: (table) => lastWrittenAt(connection, table),
    // Nobody is charged for what a laptop reads.
    bytesToRead: async () => undefined,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function makeFolder(path: string): void {
  if (path.includes("?"))
    throw new WarehouseError(`${path} can't be the local warehouse: DuckDB takes no ? in a path.`);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WarehouseError(`The folder of ${path} can't be made: ${why}; set DATA_DIR to another one.`, {
      cause,
    });
  }
}

/**
 * Makes the file elsewhere and gives it its name when it is whole: what a process that is killed in between leaves at
 * that name, DuckDB would never open again. Of several that make it at once, the first one's stays.
 */
async function makeFile(path: string): Promise<void> {
  let folder: string | undefined;
  try {
    // By this name, it is known as a killed process's later on (warehouse/work-folder.ts).
    folder = mkdtempSync(join(dirname(path), `work-${process.pid}-`));
    const made = join(folder, "new.duckdb");
    (await DuckDBInstance.create(made)).closeSync();
    linkSync(made, path);
  } catch {
    // Somebody else's is there by now; or it can't be made so, and opening it makes it or says why.
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

/** A full disk is nobody's defect. */
async function explained<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof Error) || !/No space left on device/.test(cause.message)) throw cause;
    throw new WarehouseError(`The disk of ${path} is full: make room, and run it again.`, { cause });
  }
}

async function createTables(connection: DuckDBConnection, path: string): Promise<void> {
  const present = await columnsByTable(connection);
  for (const table of tables) {
    const columns = present.get(fullName(table));
    if (!columns) for (const statement of createStatements(table)) await connection.run(statement);
    else if (columns !== table.fields.map(({ name }) => name).join()) {
      throw new WarehouseError(
        `${path} was made by another version, whose table ${fullName(table)} has other columns: begin anew with npm start -- --fresh.`,
      );
    }
  }
}

/** The names of the columns of all tables there are, with commas. */
async function columnsByTable(connection: DuckDBConnection): Promise<Map<string, string>> {
  const result = await connection.runAndReadAll(
    `select schema_name || '.' || table_name, string_agg(column_name, ',' order by column_index)
     from duckdb_columns() where not internal group by all`,
  );
  return new Map(result.getRows().map(([table, columns]) => [String(table), String(columns)]));
}

/** What GoogleSQL has and DuckDB has not, or calls otherwise. */
export const dialect = [
  // BigQuery's current_date() is UTC's.
  "set timezone = 'UTC'",
  "create or replace temp macro safe_divide(dividend, divisor) as case when divisor = 0 then null else dividend / divisor end",
  "create or replace temp macro unix_date(day) as day - date '1970-01-01'",
  "create temp type float64 as double",
];

function createStatements(table: Table): string[] {
  const columns = table.fields.map(
    ({ name, type, mode }) => `${name} ${duckdbTypes[type]}${mode === "REQUIRED" ? " not null" : ""}`,
  );
  return [
    `create schema if not exists ${table.dataset}`,
    `create table if not exists ${fullName(table)} (${columns.join(", ")})`,
  ];
}

const defaultPatienceMs = 10 * 60_000;
// Beyond this, DuckDB goes to disk.
const memoryLimit = "1GB";

async function openFile(
  path: string,
  { onWait, patienceMs = defaultPatienceMs, readOnly = false }: DuckdbOptions,
): Promise<DuckDBInstance> {
  const startedAt = Date.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await DuckDBInstance.create(path, {
        memory_limit: memoryLimit,
        preserve_insertion_order: "true",
        ...(readOnly && { access_mode: "READ_ONLY" }),
      });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const isTaken = /Could not set lock on file|already open|being used by another process/i.test(message);
      if (!isTaken) {
        throw new WarehouseError(
          `${path} can't be opened as the local warehouse: move it away, or begin anew with npm start -- --fresh (${message.split("\n")[0]}).`,
          { cause },
        );
      }
      const pid = Number(/\(PID (\d+)/.exec(message)?.[1]) || undefined;
      if (Date.now() - startedAt > patienceMs) {
        const holder = pid ? `process ${pid}` : "another process";
        const since = patienceMs < 60_000 ? "" : ` since ${Math.round(patienceMs / 60_000)} minutes`;
        throw new WarehouseBusy(`${path} is held by ${holder}${since}: end it, or wait, and try again.`, {
          cause,
        });
      }
      if (attempt === 3) onWait?.(pid);
      await new Promise((resolve) => setTimeout(resolve, Math.min(500, 50 * (attempt + 1))));
    }
  }
}

/** BigQuery knows by itself when a table was written; in a DuckDB file, the table's comment says it. */
async function noteAfter<T>(
  work: Promise<T>,
  connection: DuckDBConnection,
  table: string | undefined,
): Promise<T> {
  const result = await work;
  if (table) await connection.run(`comment on table ${table} is '${new Date().toISOString()}'`);
  return result;
}

/** A sync that changes nothing has written nothing. */
async function noteSynced(
  work: Promise<SyncReport | undefined>,
  connection: DuckDBConnection,
): Promise<SyncReport | undefined> {
  const { inserted = 0, updated = 0, deleted = 0 } = (await work) ?? {};
  return noteAfter(work, connection, inserted + updated + deleted > 0 ? fullName(rawTable) : undefined);
}

/** The table of ours that a statement writes into. */
function writtenTable(sql: string): string | undefined {
  const [, name] = /^\s*(?:merge into|insert into|update|delete from) (\S+)/.exec(sql) ?? [];
  return tables.map(fullName).find((table) => table === name);
}

async function lastWrittenAt(
  connection: DuckDBConnection,
  { dataset, name }: Pick<Table, "dataset" | "name">,
): Promise<string | undefined> {
  const result = await connection.runAndReadAll(
    "select comment from duckdb_tables() where schema_name = $dataset and table_name = $name",
    { dataset, name },
  );
  const [[comment] = []] = result.getRows();
  return typeof comment === "string" ? comment : undefined;
}

async function runQuery<T extends Row>(connection: DuckDBConnection, sql: string, days: Days): Promise<T[]> {
  const dates = Object.fromEntries(Object.entries(days).map(([name, day]) => [name, toDate(day)]));
  const result = await runWith(connection, sql, dates);
  const names = result.deduplicatedColumnNames();
  const toRow = (row: DuckDBValue[]) =>
    Object.fromEntries(row.map((value, column) => [names[column], toValue(value)])) as T;
  return result.getRows().map(toRow);
}

const msPerDay = 86_400_000;
const toDate = (day: string) => new DuckDBDateValue(Date.parse(`${day}T00:00:00Z`) / msPerDay);

function toValue(value: DuckDBValue): Value {
  if (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "string"
  ) {
    return value;
  }
  if (typeof value === "bigint") return toSafeNumber(value);
  if (value instanceof DuckDBDecimalValue) return trimZeros(value.toString());
  return value.toString();
}

function toSafeNumber(value: bigint): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new WarehouseError(`${value} is beyond the whole numbers that JavaScript keeps exactly.`);
}

/** As BigQuery writes a NUMERIC. */
const trimZeros = (digits: string) => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);
