import { type Field, fullName, type Table, tables } from "../tables/table.ts";
import type { QueryParameters } from "../warehouse.ts";
import type { GoogleSqlServer } from "./googlesql-server.ts";

/** The types of columns, `BOOL`, and an array for scripts. */
export type KnownType = Field["type"] | "BOOL" | "ARRAY<DATE>" | "ARRAY<STRING>";
export type Parameters = Record<string, KnownType>;
export type KnownColumn = { name: string; type: KnownType };

/** A table; without a dataset, a temporary one. */
export interface KnownTable extends Partial<Pick<Table, "dataset">> {
  name: string;
  fields: KnownColumn[];
}

/** What statements may refer to in addition to tables. */
export interface Surroundings {
  /** Columns of what EXTERNAL_QUERY returns. */
  externalQuery?: KnownColumn[];
  /** A script's variables; a field of a record as `record.field`. */
  variables?: Parameters;
}

/** What `Analyze` and `EvaluateQuery` have to know: the language, the datasets and their tables. */
export async function describeWarehouse(server: GoogleSqlServer) {
  const features = await server.call<{ enabled_language_features: string[] }>("GetLanguageOptions", {
    maximum_features: true,
  });
  const language = {
    name_resolution_mode: "NAME_RESOLUTION_DEFAULT",
    // The types that GoogleSQL has outside Google, as in BigQuery.
    product_mode: "PRODUCT_EXTERNAL",
    // An empty list stands for statements of every kind.
    supported_statement_kinds: [],
    enabled_language_features: features.enabled_language_features.filter((name) => !notInBigQuery.has(name)),
  };
  const functions = { language_options: language };
  return {
    language,
    options: (parameters: Parameters) => ({
      language_options: language,
      error_message_mode: "ERROR_MESSAGE_ONE_LINE",
      // A scan then lists the columns that its query needs, which are those that BigQuery reads.
      prune_unused_columns: true,
      // As in BigQuery (standard-sql/date_functions#current_date); the default is Los Angeles.
      default_timezone: "UTC",
      query_parameters: Object.entries(parameters).map(([name, type]) => ({ name, type: toType(type) })),
      allowed_hints_and_options: { disallow_unknown_options: true, option: knownOptions },
    }),
    /** The tables of `table.ts` and others, in their datasets. */
    nested: (others: KnownTable[], { externalQuery, variables = {} }: Surroundings = {}) => {
      const byDataset = Map.groupBy<string | undefined, KnownTable>(
        [...tables, ...others],
        ({ dataset }) => dataset,
      );
      const temporary = byDataset.get(undefined) ?? [];
      byDataset.delete(undefined);
      const isField = ([name]: [string, KnownType]) => name.includes(".");
      const records = Map.groupBy(Object.entries(variables).filter(isField), ([name]) => name.split(".")[0]);
      return {
        name: "warehouse",
        builtin_function_options: functions,
        table: temporary.map(toTable),
        catalog: [
          ...[...byDataset].map(([name, tables]) => ({ name, table: tables.map(toTable) })),
          ...[...records].map(([name, fields]) => ({ name, constant: fields.map(toConstant) })),
        ],
        custom_tvf: externalQuery ? [toExternalQuery(externalQuery)] : [],
        constant: Object.entries(variables)
          .filter((variable) => !isField(variable))
          .map(toConstant),
      };
    },
    /** These tables without datasets. */
    flat: (tables: Table[]) => ({
      name: "warehouse",
      builtin_function_options: functions,
      table: tables.map(toTable),
    }),
  };
}

function toTable(table: KnownTable) {
  const column = table.fields.map(({ name, type }) => ({ name, type: toType(type) }));
  const { name, dataset } = table;
  return { name, full_name: dataset ? fullName({ name, dataset }) : name, column };
}

/** BigQuery's function of a connection and a query, both of type STRING, which GoogleSQL does not have. */
function toExternalQuery(columns: KnownColumn[]) {
  const text = { kind: "ARG_TYPE_FIXED", type: toType("STRING"), num_occurrences: 1 };
  const column = columns.map(({ name, type }) => ({ name, type: toType(type) }));
  const returned = {
    kind: "ARG_TYPE_RELATION",
    num_occurrences: 1,
    options: { relation_input_schema: { column } },
  };
  return {
    name_path: ["external_query"],
    type: "FIXED_OUTPUT_SCHEMA_TVF",
    signature: { argument: [text, text], return_type: returned },
  };
}

/** Like a variable, a constant has no sign before its name, and a column of that name goes before it. */
function toConstant([name, type]: [string, KnownType]) {
  return { name_path: name.split(".").slice(-1), type: toType(type), value: {} };
}

function toType(type: KnownType): object {
  const element = /^ARRAY<(.*)>$/.exec(type)?.[1] as KnownType | undefined;
  if (element) return { type_kind: "TYPE_ARRAY", array_type: { element_type: toType(element) } };
  return { type_kind: type === "FLOAT64" ? "TYPE_DOUBLE" : `TYPE_${type}` };
}

// Features of GoogleSQL that BigQuery is believed to lack; disabled, so that they are not used by mistake.
const notInBigQuery = new Set([
  "FEATURE_CHECK_CONSTRAINT",
  "FEATURE_EXPERIMENTAL_MODULES",
  "FEATURE_TIMESTAMP_NANOS",
  "FEATURE_V_1_2_GENERATED_COLUMNS",
  "FEATURE_V_1_3_ALLOW_SLASH_PATHS",
  "FEATURE_V_1_3_ARRAY_GREATEST_LEAST",
  "FEATURE_V_1_3_ARRAY_ORDERING",
  "FEATURE_V_1_3_DML_RETURNING",
  "FEATURE_V_1_3_INLINE_LAMBDA_ARGUMENT",
  "FEATURE_V_1_3_UNNEST_AND_FLATTEN_ARRAYS",
  "FEATURE_V_1_3_WITH_GROUP_ROWS",
  "FEATURE_V_1_4_ARRAY_AGGREGATION_FUNCTIONS",
  "FEATURE_V_1_4_ARRAY_FIND_FUNCTIONS",
  "FEATURE_V_1_4_FIRST_AND_LAST_N",
  "FEATURE_V_1_4_NULLIFZERO_ZEROIFNULL",
  "FEATURE_V_1_4_PI_FUNCTIONS",
  "FEATURE_V_1_4_STRUCT_POSITIONAL_ACCESSOR",
]);

// Of schemas, tables and columns.
const knownOptions = [
  { name: "description", type: toType("STRING") },
  { name: "location", type: toType("STRING") },
  { name: "require_partition_filter", type: toType("BOOL") },
  { name: "partition_expiration_days", type: toType("FLOAT64") },
  { name: "expiration_timestamp", type: toType("TIMESTAMP") },
  { name: "labels" },
];

export interface Column {
  name: string;
  /** As in schema.json. */
  type: string;
}

export interface AnalysisOptions extends Surroundings {
  /** Called for each scan of a table, with the columns that it reads. */
  onScan?: (table: string, columns: string[], sql: string) => void;
  /** Called with the number of scans of each statement, of a CTE once per reference. */
  onInlined?: (scans: number) => void;
  /** The parameters of a query of the warehouse. */
  days?: QueryParameters;
  parameters?: Parameters;
  tables?: KnownTable[];
}
