import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { noteDaysOf } from "../../sync/statements.ts";
import { fullName, loadedPartsTable, rawTable, rejectedTable } from "../../tables/table.ts";
import { withParameters } from "../../templates.ts";
import type { LoadReport, PreparedFile, RawFile } from "../../warehouse.ts";
import { run } from "./run.ts";
import { type Staged, stage } from "./stage-file.ts";

const raw = fullName(rawTable);
const loadedParts = fullName(loadedPartsTable);
const columns = rawTable.fields.map(({ name }) => name);
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
  const rows = staged ?? (await stage(connection, file));
  await connection.run("begin transaction");
  try {
    const report = await replaceStaged(connection, rows);
    if (rows.rejectedPath) await keepRejects(connection, file, rows.rejectedPath);
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

async function replaceStaged(
  connection: DuckDBConnection,
  { rows, repeated, relation, rejected, findings }: Staged,
): Promise<LoadReport> {
  // Column by column: comparing the key as a whole takes five times as long.
  const deleted = await connection.run(
    `delete from ${raw} as target using staged
     where ${rawTable.key.map((name) => `target.${name} = staged.${name}`).join(" and ")}`,
  );
  const existing = Number(deleted.rowsChanged);
  await connection.run(
    `insert into ${raw} (${columns.join(", ")}) select ${columns.join(", ")} from ${relation}`,
  );
  return {
    read: rows + rejected,
    loaded: rows - repeated - existing,
    replaced: existing + repeated,
    rejected,
    wasLoaded: false,
    findings,
  };
}

async function keepRejects(
  connection: DuckDBConnection,
  { digest, path }: RawFile,
  rejectedPath: string,
): Promise<void> {
  await connection.run(
    `insert into ${fullName(rejectedTable)} (part, file, line, field, reason, text)
     select $digest, $file, line, field, reason, text
     from read_json($rejected, format = 'newline_delimited',
       columns = {line: 'bigint', field: 'varchar', reason: 'varchar', text: 'varchar'})`,
    { digest, file: basename(path), rejected: rejectedPath },
  );
}

async function noteLoaded(connection: DuckDBConnection, file: RawFile, report: LoadReport): Promise<void> {
  const { read, loaded, replaced, rejected } = report;
  await connection.run(
    `insert into ${loadedParts} values ($digest, $file, $read, $loaded, $replaced, $rejected, current_timestamp)`,
    { digest: file.digest, file: basename(file.path), read, loaded, replaced, rejected },
  );
}
