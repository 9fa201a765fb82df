import { noteDaysOf } from "../../sync/statements.ts";
import { maxPartitionsChanged } from "../../tables/partition-limit.ts";
import {
  type Field,
  fullName,
  loadedPartsTable,
  rawLockTable,
  rawTable,
  rejectedTable,
} from "../../tables/table.ts";
import { withParameters } from "../../templates.ts";
import { lockedScript } from "./lock.ts";

/** `dataset.table` of the two staging tables of a file, each undefined when it would be empty. */
export interface Staging {
  rows: string | undefined;
  rejects: string | undefined;
}

const raw = fullName(rawTable);
const columns = rawTable.fields.map(({ name }) => name);
const key = rawTable.key.join(", ");
const inDays = (parameter = "days") => `event_date in unnest(@${parameter})`;

/** The counts of a file that was loaded. */
export const findFile = `select rows_read, rows_loaded, rows_replaced, rows_rejected
from ${fullName(loadedPartsTable)}
where part = @part`;

/** How many rows are staged, and of which days. */
export const countStagedRows = (staged: string) =>
  `select count(*) as row_count, string_agg(distinct cast(event_date as string), ',') as days from ${staged}`;

/** How many rejects are staged. */
export const countStagedRejects = (staged: string) => `select count(*) as row_count from ${staged}`;

/** The days of a file: of each MERGE that writes some of them, the name of its parameter and the days. */
export function mergedDays(days: string[]): [parameter: string, days: string[]][] {
  if (days.length <= maxPartitionsChanged) return [["days", days]];
  const merges = Math.ceil(days.length / maxPartitionsChanged);
  return Array.from({ length: merges }, (_, at) => [
    `days_${at + 1}`,
    days.slice(at * maxPartitionsChanged, (at + 1) * maxPartitionsChanged),
  ]);
}

/**
 * Moves a staged file into the tables: completely or, when anything fails or the file is loaded already, not at all,
 * because BigQuery rolls back a transaction that does not reach its end
 * (https://cloud.google.com/bigquery/docs/transactions#transaction_scope). Values are parameters, not variables: those
 * prune partitions, too, and each statement can be analysed by itself.
 * @param mergedBy the parameters of `mergedDays`
 */
export const loadFileScript = ({ rows, rejects }: Staging, mergedBy: string[] = ["days"]) =>
  lockedScript(rawLockTable, [
    refuseLoadedFile,
    // Before the merge, after which no key is new.
    rows ? insertFile(rows) : insertFileWithoutRows,
    ...(rows ? [...mergedBy.map((days) => mergeRows(rows, days)), noteDays(rows)] : []),
    ...(rejects ? [insertRejects(rejects)] : []),
  ]);

/**
 * A query, because `assert` is not among the statements of a transaction
 * (https://cloud.google.com/bigquery/docs/transactions#statements_supported_in_transactions).
 */
const refuseLoadedFile = `select
  if(
    exists (select 1 from ${fullName(loadedPartsTable)} where part = @part),
    error('this file is loaded already'),
    'new'
  ) as part_state`;

/** Records a file as loaded. Runs before its rows are merged, because it counts the new keys. */
const insertFile = (staged: string) => `insert into ${fullName(loadedPartsTable)}
  (part, file, rows_read, rows_loaded, rows_replaced, rows_rejected, loaded_at)
select
  @part, @file, @rows_read, new_keys, @rows_read - @rows_rejected - new_keys, @rows_rejected, current_timestamp
from (
  select count(*) as new_keys
  from (select distinct ${key} from ${staged}) as staged
  left join (select ${key}, true as is_there from ${raw} where ${inDays()}) as existing using (${key})
  where is_there is null
) as counted`;

/** Records a file without a valid row. */
const insertFileWithoutRows = `insert into ${fullName(loadedPartsTable)}
  (part, file, rows_read, rows_loaded, rows_replaced, rows_rejected, loaded_at)
values (@part, @file, @rows_read, 0, @rows_read - @rows_rejected, @rows_rejected, current_timestamp)`;

/**
 * Merges staged rows into the raw table; of those with one key, the last line's. The condition names the days although
 * they are compared, because only constants prune partitions
 * (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#pruning_partitions_when_using_a_merge_statement);
 * a constant array does (https://cloud.google.com/bigquery/docs/querying-partitioned-tables#examples), and that one in a parameter is
 * as good is believed.
 */
const mergeRows = (staged: string, days?: string) => `merge into ${raw} as target
using (
  select
    ${rawTable.fields.map(cleaned).join(",\n    ")}
  from (
    select *, row_number() over (partition by ${key} order by line desc) as position_from_last
    from ${staged}
    where ${inDays(days)}
  ) as numbered
  where position_from_last = 1
) as source
on target.${inDays(days)}
  and ${rawTable.key.map((name) => `target.${name} = source.${name}`).join("\n  and ")}
when matched then
  update set ${columns
    .filter((name) => !rawTable.key.includes(name))
    .map((name) => `${name} = source.${name}`)
    .join(", ")}
when not matched then
  insert (${columns.join(", ")})
  values (${columns.map((name) => `source.${name}`).join(", ")})`;

/**
 * A column of the staging table. Amounts are texts there, which the merge rounds: a load job refuses a NUMERIC with more than
 * nine decimal places (https://github.com/GoogleCloudPlatform/professional-services/issues/750), such as floats have.
 */
export const stagedField = (field: Field): Field =>
  field.type === "NUMERIC" ? { ...field, type: "STRING" } : field;

// A load reads an empty CSV field as null by default (https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-csv#csv-options).
// Believed: not one in quotes. Here it always becomes null.
function cleaned({ name, type, mode }: Field): string {
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_functions#cast_numeric
  if (type === "NUMERIC") return `cast(${name} as numeric) as ${name}`;
  return type === "STRING" && mode === "NULLABLE" ? `nullif(${name}, '') as ${name}` : name;
}

/** Records the days of a file, for the scheduled query daily_metrics to recompute. */
const noteDays = (staged: string) => withParameters(noteDaysOf(staged));

/** Quarantines the lines that violate the contract. */
const insertRejects = (staged: string) => `insert into ${fullName(rejectedTable)}
  (part, file, line, field, reason, text)
select @part, @file, line, field, reason, text
from ${staged}`;

const exampleRows = `${rawTable.dataset}.staging_0123456789abcdef0123456789abcdef`;
const exampleRejects = `${exampleRows}_rejects`;

/** Every statement of this adapter alone, with example names of staging tables, for tests. */
export const bigqueryStatements: { name: string; sql: string }[] = [
  { name: "findFile", sql: findFile },
  { name: "countStagedRows", sql: countStagedRows(exampleRows) },
  { name: "countStagedRejects", sql: countStagedRejects(exampleRejects) },
  { name: "refuseLoadedFile", sql: refuseLoadedFile },
  { name: "insertFile", sql: insertFile(exampleRows) },
  { name: "insertFileWithoutRows", sql: insertFileWithoutRows },
  { name: "mergeRows", sql: mergeRows(exampleRows) },
  { name: "noteDays", sql: noteDays(exampleRows) },
  { name: "insertRejects", sql: insertRejects(exampleRejects) },
];
