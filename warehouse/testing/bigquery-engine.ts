import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { JobMetadata, TableMetadata } from "@google-cloud/bigquery";
import { connect } from "../engines/duckdb/dialect.ts";
import { duckdbTypes } from "../engines/duckdb/types.ts";
import type { Field } from "../tables/table.ts";
import { isolate, type Session } from "./snapshot-isolation.ts";

/** An error in BigQuery's format. */
export class ApiError extends Error {
  readonly status: number;
  readonly proto: { reason: string; message: string };

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.proto = { reason, message };
  }
}

type Configuration = NonNullable<JobMetadata["configuration"]>;

interface Result {
  schema?: { fields: { name: string; type: string }[] };
  rows?: { f: { v: string | null }[] }[];
}

export interface BigqueryEngine {
  /** For tests: the rows of a statement in DuckDB's SQL, as JSON. */
  look(sql: string): Promise<unknown[]>;
  createDataset(id: string, location: string): unknown;
  dataset(id: string): unknown;
  /** The metadata that each table was created with. */
  tables: Map<string, TableMetadata>;
  createTable(metadata: TableMetadata): Promise<unknown>;
  table(id: string): unknown;
  dropTable(id: string): Promise<unknown>;
  /** A separate session, for scripts that BigQuery runs itself. */
  openSession(): Promise<Session>;
  /** For tests: called before each statement of a query job; others go on while it waits. */
  beforeStatement: ((jobId: string, statement: string) => Promise<void>) | undefined;
  /** Runs a load or query job; returns how many rows were loaded. */
  run(id: string, configuration: Configuration, media: Buffer, location: string): Promise<number>;
  resultOf(jobId: string): Result;
  close(): void;
}

/** Carries out the emulator's requests on an in-memory DuckDB. */
export async function openEngine(): Promise<BigqueryEngine> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await connect(instance);
  const folder = mkdtempSync(join(tmpdir(), "clan-bigquery-"));
  const locations = new Map<string, string>();
  const tables = new Map<string, TableMetadata>();
  const { openSession } = isolate(instance, (name) => tables.get(name)?.timePartitioning?.field);
  const writtenAt = new Map<string, number>();
  const results = new Map<string, Result>();

  async function create(metadata: TableMetadata): Promise<unknown> {
    const { datasetId = "", tableId = "" } = metadata.tableReference ?? {};
    const name = `${datasetId}.${tableId}`;
    if (!locations.has(datasetId)) throw missingDataset(datasetId);
    if (tables.has(name)) throw new ApiError(409, "duplicate", `Already Exists: Table ${name}`);
    await connection.run(`create table ${name} (${columnsOf(metadata.schema)})`);
    tables.set(name, metadata);
    writtenAt.set(name, Date.now());
    return metadata;
  }

  async function load(configuration: Configuration, media: Buffer): Promise<number> {
    const { destinationTable, schema, sourceFormat, createDisposition } = configuration.load ?? {};
    const name = `${destinationTable?.datasetId}.${destinationTable?.tableId}`;
    if (createDisposition === "CREATE_NEVER" && !tables.has(name))
      throw new ApiError(404, "notFound", `Not found: Table test-project:${name}`);
    const path = join(folder, "media.gz");
    writeFileSync(path, media);
    const texts = (schema?.fields ?? []).map((field) => `${field.name}: 'varchar'`).join(", ");
    const source =
      sourceFormat === "CSV"
        ? `read_csv('${path}', columns = {${texts}}, auto_detect = false, header = true, nullstr = '', compression = 'gzip')`
        : `read_json('${path}', columns = {${texts}}, format = 'newline_delimited', compression = 'gzip')`;
    try {
      await refuseLongNumerics(connection, source, (schema?.fields ?? []) as Field[]);
      await connection.run(`create or replace table ${name} (${columnsOf(schema)})`);
      const done = await connection.run(`insert into ${name} select * from ${source}`);
      tables.set(name, { ...tables.get(name) });
      return done.rowsChanged;
    } catch (cause) {
      throw new ApiError(400, "invalid", `Error while reading data, error message: ${messageOf(cause)}`);
    }
  }

  async function query(id: string, configuration: Configuration, location: string): Promise<Result> {
    const { query: sql = "", queryParameters = [] } = configuration.query ?? {};
    for (const [, dataset = ""] of sql.matchAll(/\b(clan_case_[a-z]+)\./g)) {
      if (locations.get(dataset) !== location) throw missingDataset(dataset, location);
    }
    let result: Result = {};
    const session = await openSession();
    try {
      for (const statement of sql.split(/;\n+/)) {
        await engine.beforeStatement?.(id, statement);
        result = await runStatement(session, statement, queryParameters);
      }
      for (const [, written = ""] of sql.matchAll(/^(?:merge into|insert into) (\S+)/gm))
        writtenAt.set(written, Date.now());
    } catch (cause) {
      const message = messageOf(cause);
      const table = /Table with name (\w+) does not exist/.exec(message)?.[1];
      if (table) throw new ApiError(404, "notFound", `Not found: Table test-project:${table} was not found`);
      throw new ApiError(400, "invalidQuery", message);
    } finally {
      await session.close();
    }
    return result;
  }

  const engine: BigqueryEngine = {
    tables,
    openSession,
    beforeStatement: undefined,
    look: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    async createDataset(id, location) {
      if (locations.has(id)) throw new ApiError(409, "duplicate", `Already Exists: Dataset ${id}`);
      await connection.run(`create schema ${id}`);
      locations.set(id, location);
      return { location };
    },
    dataset: (id) => ({ location: locations.get(id) }),
    createTable: create,
    async table(id) {
      const name = [...tables.keys()].find((key) => key.endsWith(`.${id}`));
      if (!name) throw new ApiError(404, "notFound", `Not found: Table ${id}`);
      const [[numRows] = []] = (await connection.runAndReadAll(`select count(*) from ${name}`)).getRows();
      return {
        ...tables.get(name),
        numRows: String(numRows),
        lastModifiedTime: String(writtenAt.get(name) ?? Date.now()),
      };
    },
    async dropTable(id) {
      const name = [...tables.keys()].find((key) => key.endsWith(`.${id}`));
      if (!name) throw new ApiError(404, "notFound", `Not found: Table ${id}`);
      tables.delete(name);
      await connection.run(`drop table ${name}`);
    },
    async run(id, configuration, media, location) {
      if (configuration.load) return load(configuration, media);
      results.set(id, await query(id, configuration, location));
      return 0;
    },
    resultOf: (jobId) => results.get(jobId) ?? {},
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(folder, { recursive: true });
    },
  };
  return engine;
}

const missingDataset = (dataset: string, location?: string) =>
  new ApiError(
    404,
    "notFound",
    `Not found: Dataset test-project:${dataset}${location ? ` was not found in location ${location}` : ""}`,
  );

function columnsOf(schema: TableMetadata["schema"]): string {
  const fields = (typeof schema === "object" && "fields" in schema ? schema.fields : []) as Field[];
  return fields
    .map(({ name, type, mode }) => `${name} ${duckdbTypes[type]}${mode === "REQUIRED" ? " not null" : ""}`)
    .join(", ");
}

/**
 * A load job doesn't round, as a cast does: it refuses more than nine decimal places
 * (https://github.com/GoogleCloudPlatform/professional-services/issues/750).
 */
async function refuseLongNumerics(
  connection: DuckDBConnection,
  source: string,
  fields: Field[],
): Promise<void> {
  for (const { name } of fields.filter(({ type }) => type === "NUMERIC")) {
    const sql = `select ${name} from ${source} where regexp_matches(${name}, '\\.\\d{10}') limit 1`;
    const [[value] = []] = (await connection.runAndReadAll(sql)).getRows();
    if (value) throw new Error(`Invalid NUMERIC value: ${value} Field: ${name}; Value: ${value}`);
  }
}

type Parameters = NonNullable<NonNullable<Configuration["query"]>["queryParameters"]>;

const duckdbTypeOf = (type: Parameters[number]["parameterType"]) =>
  type?.type === "ARRAY"
    ? `${duckdbTypes[type.arrayType?.type as Field["type"]]}[]`
    : duckdbTypes[type?.type as Field["type"]];

const toDuckdb = (value: Parameters[number]["parameterValue"]): DuckDBValue =>
  value?.arrayValues
    ? new DuckDBListValue(value.arrayValues.map(({ value }) => String(value)))
    : String(value?.value);

async function runStatement(session: Session, statement: string, parameters: Parameters): Promise<Result> {
  if (
    /(from|join|merge into) clan_case_raw\.user_daily_metrics_raw\b/.test(statement) &&
    !/event_date (between|in unnest)/.test(statement)
  ) {
    throw new Error("Cannot query over table without a filter that can be used for partition elimination");
  }
  const used = parameters.filter(({ name }) => new RegExp(`@${name}\\b`).test(statement));
  const types = new Map(used.map(({ name, parameterType }) => [name, duckdbTypeOf(parameterType)]));
  const translated = statement
    // DuckDB's UNNEST is no operand of IN in the condition of a MERGE.
    .replace(/(\S+) in unnest\((@\w+)\)/g, "list_contains($2, $1)")
    .replace(/ as numeric\)/g, ` as ${duckdbTypes.NUMERIC})`)
    .replace(/@(\w+)/g, (_, name) => {
      const type = types.get(name);
      if (!type) throw new Error(`Query parameter '${name}' not found`);
      return `cast($${name} as ${type})`;
    });
  const values = Object.fromEntries(used.map(({ name, parameterValue }) => [name, toDuckdb(parameterValue)]));
  const reader = await session.run(translated, values);
  const columnTypes = reader.columnTypes();
  const fields = reader.columnNames().map((name, at) => ({ name, type: bigqueryType(columnTypes[at]) }));
  const rows = reader.getRowsJson().map((row) => ({
    f: row.map((value, at) => ({
      v: value === null ? null : written(String(value), fields[at]?.type ?? ""),
    })),
  }));
  return { schema: { fields }, rows };
}

function bigqueryType(type: DuckDBType | undefined): string {
  switch (type?.typeId) {
    case DuckDBTypeId.DATE:
      return "DATE";
    case DuckDBTypeId.DECIMAL:
      return "NUMERIC";
    case DuckDBTypeId.DOUBLE:
      return "FLOAT";
    case DuckDBTypeId.BOOLEAN:
      return "BOOLEAN";
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
      return "INTEGER";
    default:
      return "STRING";
  }
}

/** BigQuery is believed to write a NUMERIC without trailing zeros. */
const written = (value: string, type: string) =>
  type === "NUMERIC" && value.includes(".") ? value.replace(/\.?0+$/, "") : value;

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
