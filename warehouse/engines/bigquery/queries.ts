import { randomUUID } from "node:crypto";
import type { Job, QueryResultsOptions, RowMetadata } from "@google-cloud/bigquery";
import { type Row, type Value, WarehouseError } from "../../warehouse.ts";
import type { Connection } from "./connection.ts";
import { doJob, dryRun, type JobRequest } from "./jobs.ts";
import { retrying } from "./retry.ts";

export type Parameter =
  | { type: "DATE" | "INT64" | "STRING"; value: string }
  | { type: "ARRAY<DATE>" | "ARRAY<STRING>"; value: string[] };

/** Marks the platform's jobs in the bill and in `INFORMATION_SCHEMA.JOBS`. */
export const labels = { app: "clan-platform" };

/** The configuration of a query job; the parameters are sent separately from the text, with their types. */
export function queryConfiguration(
  { maximumBytesBilled }: Connection,
  sql: string,
  parameters: Record<string, Parameter>,
): JobRequest["configuration"] {
  return {
    labels,
    query: {
      query: sql,
      useLegacySql: false,
      maximumBytesBilled: String(maximumBytesBilled),
      parameterMode: "NAMED",
      queryParameters: Object.entries(parameters).map(([name, parameter]) => ({
        name,
        ...wireFormOf(parameter),
      })),
    },
  };
}

/** As https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter has it. */
const wireFormOf = ({ type, value }: Parameter) =>
  typeof value !== "string"
    ? {
        parameterType: { type: "ARRAY", arrayType: { type: type.slice("ARRAY<".length, -1) } },
        parameterValue: { arrayValues: value.map((value) => ({ value })) },
      }
    : { parameterType: { type }, parameterValue: { value } };

/** Runs one statement and returns its rows. When the response to a request is lost, its job is found again and not run twice. */
export async function runQuery<T extends Row = Row>(
  connection: Connection,
  sql: string,
  parameters: Record<string, Parameter>,
): Promise<T[]> {
  const { client, location } = connection;
  const configuration = queryConfiguration(connection, sql, parameters);
  const { jobReference } = await doJob(connection, { name: `query_${randomUUID()}`, configuration });
  const job = client.job(jobReference?.jobId ?? "", { location });
  const rows = await readPages(connection, job);
  return rows.map(
    (row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toValue(name, value)])) as T,
  );
}

/** Page by page, so that each is a request with a time limit of its own. */
async function readPages(connection: Connection, job: Job): Promise<RowMetadata[]> {
  let rows: RowMetadata[] = [];
  let page: QueryResultsOptions | null | undefined = { wrapIntegers: true, autoPaginate: false };
  while (page) {
    const asked: QueryResultsOptions = page;
    const [more, next] = await retrying(connection, () => job.getQueryResults(asked));
    rows = rows.concat(more);
    page = next;
  }
  return rows;
}

export const bytesToRead = (connection: Connection, sql: string, parameters: Record<string, Parameter>) =>
  dryRun(connection, queryConfiguration(connection, sql, parameters));

/** The client returns NUMERIC as a Big, and INT64, DATE and the like as objects with the text in `value`. */
function toValue(name: string, value: unknown): Value {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return value;
  if (hasType(value, "BigQueryInt")) return toSafeNumber(name, value.value);
  if (typeof value === "object" && "value" in value && typeof value.value === "string") return value.value;
  // Not toString, which writes 1e-9.
  if (typeof value === "object" && "toFixed" in value && typeof value.toFixed === "function") {
    return value.toFixed();
  }
  throw new WarehouseError(`The column ${name} has a type that the warehouse does not support.`);
}

function toSafeNumber(name: string, digits: string): number {
  if (Number.isSafeInteger(Number(digits))) return Number(digits);
  throw new WarehouseError(`${name} is ${digits}, beyond the integers that JavaScript represents exactly.`);
}

function hasType(value: unknown, type: "BigQueryInt"): value is { value: string } {
  return typeof value === "object" && value !== null && "type" in value && value.type === type;
}
