import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { columnsOf, columns as rowColumns } from "@clan-platform/contract/columns.ts";
import { firstDay } from "@clan-platform/contract/day.ts";
import { maxCount } from "@clan-platform/contract/kinds/count.ts";
import { reservedIds } from "@clan-platform/contract/kinds/id.ts";
import { kinds } from "@clan-platform/contract/kinds/kinds.ts";
import { type DuckDBConnection, VARCHAR } from "@duckdb/node-api";
import { type Reject, validateFile } from "../../loading/validate-file.ts";
import { noteDaysOf } from "../../sync/statements.ts";
import { type Field, fullName, loadedPartsTable, rawTable, rejectedTable } from "../../tables/table.ts";
import { withParameters } from "../../templates.ts";
import type { LoadReport, PreparedFile, RawFile } from "../../warehouse.ts";
import { run } from "./run.ts";
import { duckdbTypes } from "./types.ts";

const raw = fullName(rawTable);
const loadedParts = fullName(loadedPartsTable);
const columns = rawTable.fields.map(({ name }) => name);
const key = rawTable.key.join(", ");
const noteDays = withParameters(noteDaysOf("staged"));

/** Stages a file's rows on a connection of its own, which is closed after the file was loaded or discarded. */
export async function prepareFile(connection: DuckDBConnection, file: RawFile): Promise<PreparedFile> {
  const discard = async () => connection.closeSync();
  try {
    // Outside of the transaction, which a failed attempt would abort.
    const staged = (await findLoaded(connection, file)) ? undefined : await stage(connection, file);
    return { load: () => loadPrepared(connection, file, staged).finally(discard), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Loads a file in one transaction: completely or, when the process ends before, not at all. */
async function loadPrepared(
  connection: DuckDBConnection,
  file: RawFile,
  staged: Staged | undefined,
): Promise<LoadReport> {
  // It may have been loaded under another name since.
  const before = await findLoaded(connection, file);
  if (before) return before;
  const { rejects, ...counts } = staged ?? (await stage(connection, file));
  await connection.run("begin transaction");
  try {
    const report = await replaceStaged(connection, counts, rejects.length);
    await keepRejects(connection, file, rejects);
    await noteLoaded(connection, file, report);
    await run(connection, noteDays, { sync_id: randomUUID() });
    await connection.run("commit");
    return report;
  } catch (error) {
    await connection.run("rollback").catch(() => {});
    throw error;
  }
}

async function findLoaded(
  connection: DuckDBConnection,
  { digest }: RawFile,
): Promise<LoadReport | undefined> {
  const result = await connection.runAndReadAll(
    `select rows_read, rows_loaded, rows_replaced, rows_rejected from ${loadedParts} where part = $digest`,
    { digest },
  );
  const [row] = result.getRows();
  if (!row) return undefined;
  const [read = 0, loaded = 0, replaced = 0, rejected = 0] = row.map(Number);
  return { read, loaded, replaced, rejected, wasLoaded: true };
}

interface StagedCounts {
  rows: number;
  repeated: number;
}

interface Staged extends StagedCounts {
  rejects: Reject[];
}

/** Copies the valid rows into `staged`, the last of each key, and returns the rejected lines. */
async function stage(connection: DuckDBConnection, file: RawFile): Promise<Staged> {
  const rejects = await stageGood(connection, file);
  return { rejects, ...(await countStaged(connection)) };
}

/** Copies the valid rows into `staged`, in the order of their lines, and returns the rejected lines. */
async function stageGood(connection: DuckDBConnection, file: RawFile): Promise<Reject[]> {
  if (file.isPlainText && (await stagePlain(connection, file.unpacked))) return [];
  const goodPath = join(dirname(file.unpacked), "good.csv.gz");
  const { rejects } = await validateFile(file, goodPath);
  await connection.run(
    `create or replace temp table staged as select ${casts("cast", duckdbTypes)} from ${csvOf(goodPath, [...columns, "line"])}`,
  );
  return rejects;
}

const csvOf = (path: string, columns: string[]) =>
  `read_csv('${path.replaceAll("'", "''")}', columns = {${columns.map((column) => `${column}: 'varchar'`)}},
    header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '')`;

/** The columns in their types; `try_cast` makes null of what is of another. */
const casts = (cast: "cast" | "try_cast", types: Record<Field["type"], string>) =>
  rawTable.fields.map(({ name, type }) => `${cast}(${name} as ${types[type]}) as ${name}`).join(", ");

// Up to nine digits on both sides of the point fit a 64-bit number, which DuckDB reads sixty times faster.
const plainTypes = { ...duckdbTypes, NUMERIC: "decimal(18, 9)" };

const plainLine = rowColumns
  .map((column) => {
    const form = kinds[column.kind].plainForm(column);
    return column.nullable ? `(?:${form})?` : form;
  })
  .join(",");
// A required column that is empty is null, and left out together with its comma.
const wholeLine = `concat_ws(',', ${rowColumns
  .map(({ name, nullable }) => (nullable ? `coalesce(${name}, '')` : name))
  .join(", ")})`;
/** What the form does not show: values beyond the limits of their kind. */
const beyondLimits = [
  ...columnsOf("id").map((name) => `${name} in (${reservedIds.map((id) => `'${id}'`).join(", ")})`),
  ...columnsOf("day").map((name) => `(${name} between date '${firstDay}' and current_date + 1) is not true`),
  ...columnsOf("count").map((name) => `${name} > ${maxCount}`),
  "install_date > event_date",
].join(" or ");

/**
 * Stages a part all of whose rows are plain, which almost all are: nothing odd in form, all by the contract. False is
 * no verdict on the rows: `validateFile`, which has the rules, decides then line by line.
 */
async function stagePlain(connection: DuckDBConnection, path: string): Promise<boolean> {
  try {
    await connection.run(
      `create or replace temp table staged as
       select ${casts("try_cast", plainTypes)},
              regexp_full_match(${wholeLine}, '${plainLine}') as is_plain
       from ${csvOf(path, columns)}`,
    );
  } catch (error) {
    // The CSV itself is odd somewhere.
    if (error instanceof Error && /^(Invalid Input|Conversion) Error/.test(error.message)) return false;
    throw error;
  }
  const result = await connection.runAndReadAll(
    `select count(*) from staged where is_plain is not true or ${beyondLimits}`,
  );
  return Number(result.getRows()[0]?.[0]) === 0;
}

/** Keeps the last line's row of each key. */
async function countStaged(connection: DuckDBConnection): Promise<StagedCounts> {
  const result = await connection.runAndReadAll(
    `select count(*) as rows, count(distinct (${key})) as keys from staged`,
  );
  const [rows = 0, keys = 0] = (result.getRows()[0] ?? []).map(Number);
  if (rows > keys) {
    await connection.run(
      `delete from staged where rowid not in (select max(rowid) from staged group by ${key})`,
    );
  }
  return { rows, repeated: rows - keys };
}

async function replaceStaged(
  connection: DuckDBConnection,
  { rows, repeated }: StagedCounts,
  rejected: number,
): Promise<LoadReport> {
  // The days come first: by them, DuckDB skips blocks of the raw table.
  const deleted = await connection.run(
    `delete from ${raw}
     where event_date between (select min(event_date) from staged) and (select max(event_date) from staged)
       and (${key}) in (select (${key}) from staged)`,
  );
  const existing = Number(deleted.rowsChanged);
  await connection.run(`insert into ${raw} (${columns.join(", ")}) select ${columns.join(", ")} from staged`);
  return {
    read: rows + rejected,
    loaded: rows - repeated - existing,
    replaced: existing + repeated,
    rejected,
    wasLoaded: false,
  };
}

async function keepRejects(connection: DuckDBConnection, file: RawFile, rejects: Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  const appender = await connection.createAppender(rejectedTable.name, rejectedTable.dataset);
  for (const { line, field, reason, text } of rejects) {
    appender.appendVarchar(file.digest);
    appender.appendVarchar(basename(file.path));
    appender.appendBigInt(BigInt(line));
    appender.appendVarchar(field);
    appender.appendVarchar(reason);
    appender.appendValue(text, VARCHAR);
    appender.endRow();
  }
  appender.closeSync();
}

async function noteLoaded(connection: DuckDBConnection, file: RawFile, report: LoadReport): Promise<void> {
  const { read, loaded, replaced, rejected } = report;
  await connection.run(
    `insert into ${loadedParts} values ($digest, $file, $read, $loaded, $replaced, $rejected, current_timestamp)`,
    { digest: file.digest, file: basename(file.path), read, loaded, replaced, rejected },
  );
}
