import type { ServiceError } from "@grpc/grpc-js";
import { afterAll } from "vitest";
import { type Table, tables } from "../tables/table.ts";
import type { Days, QueryParameters, Row } from "../warehouse.ts";
import {
  type AnalysisOptions,
  type Column,
  describeWarehouse,
  type Parameters,
} from "./googlesql-catalog.ts";
import { analyzeScript } from "./googlesql-script.ts";
import { startGoogleSqlServer } from "./googlesql-server.ts";
import { type Cell, fromCell, toCell } from "./googlesql-values.ts";
import { inlinedScans } from "./inlined-scans.ts";

export interface GoogleSql {
  /**
   * Analyses one statement of any kind against the tables of `table.ts` and other `tables`, with no parameters but
   * `days` and `parameters`. Returns the columns of a query, nothing of another statement.
   * @throws {Error} with GoogleSQL's message
   */
  analyze(sql: string, options?: AnalysisOptions): Promise<Column[]>;
  /**
   * Analyses a script in BigQuery's procedural language as it is: that it can be parsed, and each of its statements and
   * expressions, with its variables and the temporary tables that it makes. Returns the statements, in their order.
   * @throws {Error} with GoogleSQL's message
   */
  analyzeScript(sql: string, options?: AnalysisOptions): Promise<string[]>;
  /**
   * Runs a query on tables with these rows, by the table's name; the others are empty.
   * @throws {Error} with GoogleSQL's message
   */
  evaluate(
    sql: string,
    options?: { tables?: Record<string, Row[]>; days?: Days; defaultTimeZone?: string },
  ): Promise<Row[]>;
}

/** The real GoogleSQL until the end of the test file; to be called outside of tests. */
export async function startGoogleSql(): Promise<GoogleSql> {
  const server = await startGoogleSqlServer();
  afterAll(() => server.stop());
  const { nested, flat, options, language } = await describeWarehouse(server);
  const call = <Answer>(method: string, request: object): Promise<Answer> =>
    server.call<Answer>(method, request).catch((cause: ServiceError) => {
      throw new Error(cause.details, { cause });
    });
  const analyze: GoogleSql["analyze"] = async (sql, given = {}) => {
    const { days = {}, parameters = {}, tables: others = [] } = given;
    const answer = await call<Analysis>("Analyze", {
      sql_statement: sql,
      simple_catalog: nested(others, given),
      options: options({ ...typesOf(days), ...parameters }),
    });
    if (given.onScan) reportScans(answer.resolved_statement, sql, given.onScan);
    given.onInlined?.(inlinedScans(answer.resolved_statement));
    const { output_column_list = [] } = answer.resolved_statement.resolved_query_stmt_node ?? {};
    return output_column_list.map(({ name, column }) => ({ name, type: typeName(column.type) }));
  };
  return {
    analyze,
    analyzeScript: (sql, given = {}) => analyzeScript({ call, analyze, language }, sql, given),
    async evaluate(sql, { tables: content = {}, days = {}, defaultTimeZone } = {}) {
      const named = tablesIn(sql, content);
      const answer = await call<Evaluation>("EvaluateQuery", {
        sql: withoutDatasets(sql),
        simple_catalog: flat(named),
        options: {
          ...options(typesOf(days)),
          ...(defaultTimeZone && { default_timezone: defaultTimeZone }),
        },
        table_content: toTableContent(named, content),
        params: Object.entries(days).map(([name, day]) => ({ name, value: toCell(day, "DATE") })),
      });
      const names = answer.prepared.columns.map(({ name }) => name);
      const rows = answer.content.table_data?.row ?? [];
      return rows.map(({ cell: cells = [] }) =>
        Object.fromEntries(names.map((name, at) => [name, fromCell(cells[at] ?? {})])),
      );
    },
  };
}

interface Type {
  type_kind: string;
  array_type?: { element_type: Type };
}

interface Analysis {
  resolved_statement: {
    resolved_query_stmt_node?: {
      output_column_list?: { name: string; column: { type: Type } }[];
    };
  };
}

interface Evaluation {
  content: { table_data?: { row?: { cell?: Cell[] }[] } };
  prepared: { columns: { name: string }[] };
}

/** Finds the scans of tables in a tree. */
function reportScans(tree: object, sql: string, onScan: NonNullable<AnalysisOptions["onScan"]>): void {
  for (const [name, node] of Object.entries(tree)) {
    if (typeof node !== "object" || node === null) continue;
    // The target of a statement that writes is a field of its own.
    if (name === "resolved_table_scan_node" || name === "table_scan") {
      const columns: { name: string }[] = node.parent?.column_list ?? node.column_list ?? [];
      onScan(
        node.table.full_name || node.table.name,
        columns.map((column) => column.name),
        sql,
      );
    }
    reportScans(node, sql, onScan);
  }
}

const typesOf = (values: QueryParameters): Parameters =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? "DATE" : "ARRAY<STRING>",
    ]),
  );

function typeName({ type_kind, array_type }: Type): string {
  if (array_type) return `ARRAY<${typeName(array_type.element_type)}>`;
  return type_kind === "TYPE_DOUBLE" ? "FLOAT64" : type_kind.replace("TYPE_", "");
}

/** EvaluateQuery takes rows for tables at the top only ("does not support the API in evaluator.h"). */
function withoutDatasets(sql: string): string {
  return tables.reduce((text, { dataset }) => text.replaceAll(`${dataset}.`, ""), sql);
}

/** The tables that a query names. The server takes as long for the others, in each query. */
function tablesIn(sql: string, content: Record<string, Row[]>): Table[] {
  const unknown = Object.keys(content).find((name) => !tables.some((table) => table.name === name));
  if (unknown) throw new Error(`There is no table ${unknown}.`);
  return tables.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(sql));
}

function toTableContent(named: Table[], content: Record<string, Row[]>) {
  return Object.fromEntries(
    named.map(({ name, fields }) => {
      const rows = content[name] ?? [];
      const row = rows.map((row) => ({ cell: fields.map((field) => toCell(row[field.name], field.type)) }));
      return [name, { table_data: { row } }];
    }),
  );
}
