import { type Field, fullName, type Table, tables } from "../table.ts";
import type { GoogleSqlServer } from "./googlesql-server.ts";

export type Parameters = Record<string, Field["type"]>;
export type KnownTable = Pick<Table, "dataset" | "name" | "fields">;

/** What `Analyze` and `EvaluateQuery` know of the world: the language, the datasets and their tables. */
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
    options: (parameters: Parameters) => ({
      language_options: language,
      error_message_mode: "ERROR_MESSAGE_ONE_LINE",
      query_parameters: Object.entries(parameters).map(([name, type]) => ({ name, type: toType(type) })),
      allowed_hints_and_options: { disallow_unknown_options: true, option: knownOptions },
    }),
    /** The tables of `table.ts` and others, in their datasets. */
    nested: (others: KnownTable[]) => ({
      name: "warehouse",
      builtin_function_options: functions,
      catalog: [...Map.groupBy([...tables, ...others], ({ dataset }) => dataset)].map(([name, tables]) => ({
        name,
        table: tables.map(toTable),
      })),
    }),
    /** The tables of `table.ts` without datasets. */
    flat: { name: "warehouse", builtin_function_options: functions, table: tables.map(toTable) },
  };
}

function toTable(table: KnownTable) {
  const column = table.fields.map(({ name, type }) => ({ name, type: toType(type) }));
  return { name: table.name, full_name: fullName(table), column };
}

function toType(type: Field["type"] | "BOOL") {
  return { type_kind: type === "FLOAT64" ? "TYPE_DOUBLE" : `TYPE_${type}` };
}

// GoogleSQL has more than BigQuery took over; nobody shall use it here by mistake.
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
