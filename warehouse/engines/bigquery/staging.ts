import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { ValidationResult } from "../../loading/validate-file.ts";
import { type Field, rawTable, rejectedTable } from "../../tables/table.ts";
import { type RawFile, type Row, WarehouseError } from "../../warehouse.ts";
import type { Connection } from "./connection.ts";
import { isNotFound, JobFailed } from "./failures.ts";
import { doJob } from "./jobs.ts";
import { labels, runQuery } from "./queries.ts";
import { retrying } from "./retry.ts";
import { countStagedRejects, countStagedRows, type Staging, stagedField } from "./statements.ts";
import { createTable } from "./tables.ts";

export interface Staged extends Staging {
  /** The days of the staged rows. */
  days?: string[];
}

/**
 * Loads the valid rows and the rejected lines into a staging table each, if there are any, unless an earlier run did.
 * @throws {WarehouseError} when BigQuery refuses the rows
 */
export async function stage(
  connection: Connection,
  file: RawFile,
  { read, rejected, validPath, rejectedPath }: ValidationResult,
): Promise<Staged> {
  const names = namesOf(file);
  const staged: Staged = { rows: undefined, rejects: undefined };
  if (read > rejected) {
    staged.rows = `${dataset}.${names.rows}`;
    const { days } = await loadStaged(connection, file, {
      table: names.rows,
      job: `load_raw_${shortOf(file)}`,
      schema: [...rawTable.fields.map(stagedField), lineField],
      format: { sourceFormat: "CSV", skipLeadingRows: 1, nullMarker: "", allowQuotedNewlines: true },
      media: () => createReadStream(validPath),
      count: countStagedRows(staged.rows),
      expected: read - rejected,
    });
    staged.days = String(days).split(",");
  }
  if (rejected > 0) {
    staged.rejects = `${dataset}.${names.rejects}`;
    await loadStaged(connection, file, {
      table: names.rejects,
      job: `load_rejected_${shortOf(file)}`,
      schema: rejectedTable.fields.filter(({ name }) => name !== "part" && name !== "file"),
      format: { sourceFormat: "NEWLINE_DELIMITED_JSON" },
      media: () => createReadStream(rejectedPath).pipe(createGzip()),
      count: countStagedRejects(staged.rejects),
      expected: rejected,
    });
  }
  return staged;
}

/** Drops the staging tables of a file; one that is left behind for any reason expires within a day. */
export async function dropStaged(connection: Connection, file: RawFile): Promise<void> {
  for (const name of Object.values(namesOf(file))) {
    const table = connection.client.dataset(dataset).table(name);
    const once = { ...connection, pausesMs: [] };
    await retrying(once, () => table.delete({ ignoreNotFound: true })).catch(() => {});
  }
}

/** Names a file in ids of jobs and tables. */
export const shortOf = ({ digest }: RawFile) => digest.slice(0, 32);

const { dataset } = rawTable;
const namesOf = (file: RawFile) => ({
  rows: `staging_${shortOf(file)}`,
  rejects: `staging_${shortOf(file)}_rejects`,
});
const lineField: Field = {
  name: "line",
  type: "INT64",
  mode: "REQUIRED",
  description: "Number of the line in the file, from 1",
};

interface StagingLoad {
  table: string;
  job: string;
  schema: Field[];
  format: object;
  media: () => Readable;
  /** The statement that counts the rows, as `row_count`. */
  count: string;
  expected: number;
}

const dayMs = 86_400_000;
const maxTables = 5;

/** Returns the row of `count` for the filled table. */
async function loadStaged(connection: Connection, file: RawFile, load: StagingLoad): Promise<Row> {
  const { table, job, schema, format, media, count, expected } = load;
  const configuration = {
    labels,
    load: {
      ...format,
      destinationTable: { projectId: connection.project, datasetId: dataset, tableId: table },
      schema: { fields: schema },
      autodetect: false,
      maxBadRecords: 0,
      encoding: "UTF-8",
      // A table that the job created would never expire.
      createDisposition: "CREATE_NEVER",
      writeDisposition: "WRITE_TRUNCATE",
    },
  };
  let counted: Row | undefined;
  // A job of an earlier run may have filled a table that has been dropped since.
  const isFilled = async () => {
    counted = await rowOf(connection, count);
    return counted?.row_count === expected;
  };
  for (let attempt = 1; ; attempt++) {
    await createTable(connection, dataset, table, {
      schema: { fields: schema },
      expirationTime: String(Date.now() + dayMs),
    });
    try {
      await doJob(connection, { name: job, configuration, media }, isFilled);
      return counted ?? {};
    } catch (error) {
      if (!(error instanceof JobFailed)) throw error;
      // A concurrent load of the same file has dropped the table.
      if (isNotFound(error) && attempt < maxTables) continue;
      throw refusedRows(file, error);
    }
  }
}

async function rowOf(connection: Connection, count: string): Promise<Row | undefined> {
  try {
    const [row] = await runQuery(connection, count, {});
    return row;
  } catch (error) {
    if (isNotFound(error as Error)) return undefined;
    throw error;
  }
}

function refusedRows(file: RawFile, cause: JobFailed): unknown {
  if (!cause.errors.some(({ reason }) => reason === "invalid")) return cause;
  const errors = cause.errors.slice(0, 4).map(({ message }) => message?.trim());
  return new WarehouseError(
    `${file.path}: BigQuery refuses rows of it, so none of it was loaded: ${errors.join("; ")}`,
    { cause },
  );
}
