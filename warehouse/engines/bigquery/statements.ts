import { type Field, fullName, loadedPartsTable, rawTable, rejectedTable } from "../../tables/table.ts";

/** `dataset.table` of the two tables that a part passes through, each undefined when it would be empty. */
export interface Staging {
  rows: string | undefined;
  rejects: string | undefined;
}

const raw = fullName(rawTable);
const columns = rawTable.fields.map(({ name }) => name);
const key = rawTable.key.join(", ");
const inRange = "event_date between @from_date and @to_date";

/** The counts of a part that was loaded. */
export const findPart = `select rows_read, rows_loaded, rows_replaced, rows_rejected
from ${fullName(loadedPartsTable)}
where part = @part`;

/** How many rows are staged, and of which days. */
export const countStagedRows = (staged: string) =>
  `select count(*) as row_count, min(event_date) as from_date, max(event_date) as to_date from ${staged}`;

/** How many rejects are staged. */
export const countStagedRejects = (staged: string) => `select count(*) as row_count from ${staged}`;

/**
 * Moves a staged part into the tables: wholly or, when anything fails or the part is there already, not at all, because
 * BigQuery rolls a transaction back that does not come to its end
 * (https://cloud.google.com/bigquery/docs/transactions#transaction_scope). It has parameters where others declare
 * variables: they prune partitions as well, and each statement can be analysed by itself.
 */
export const loadPartScript = ({ rows, rejects }: Staging) =>
  [
    "begin transaction",
    refuseLoadedPart,
    // Before the merge, which makes every key an old one.
    rows ? insertPart(rows) : insertPartWithoutRows,
    ...(rows ? [mergeRows(rows)] : []),
    ...(rejects ? [insertRejects(rejects)] : []),
    "commit transaction",
  ].join(";\n\n");

/** A plain query: of the debugging statements, a transaction need not take `assert`. */
export const refuseLoadedPart = `select
  if(
    exists (select 1 from ${fullName(loadedPartsTable)} where part = @part),
    error('this part is loaded already'),
    'new'
  ) as part_state`;

/** Notes a part as loaded. To be run before its rows are merged, for it counts the new keys. */
export const insertPart = (staged: string) => `insert into ${fullName(loadedPartsTable)}
  (part, file, rows_read, rows_loaded, rows_replaced, rows_rejected, loaded_at)
select
  @part, @file, @rows_read, new_keys, @rows_read - @rows_rejected - new_keys, @rows_rejected, current_timestamp
from (
  select count(*) as new_keys
  from (select distinct ${key} from ${staged}) as staged
  left join (select ${key}, true as is_there from ${raw} where ${inRange}) as existing using (${key})
  where is_there is null
) as counted`;

/** Notes a part that has no good row. */
export const insertPartWithoutRows = `insert into ${fullName(loadedPartsTable)}
  (part, file, rows_read, rows_loaded, rows_replaced, rows_rejected, loaded_at)
values (@part, @file, @rows_read, 0, @rows_read - @rows_rejected, @rows_rejected, current_timestamp)`;

/**
 * Puts staged rows into raw; of those with one key, the last line's. The range of days is in the condition although the
 * days are compared, because only parameters and literals prune partitions
 * (https://cloud.google.com/bigquery/docs/using-dml-with-partitioned-tables#pruning_partitions_when_using_a_merge_statement).
 */
export const mergeRows = (staged: string) => `merge into ${raw} as target
using (
  select
    ${rawTable.fields.map(cleaned).join(",\n    ")}
  from (
    select *, row_number() over (partition by ${key} order by line desc) as position_from_last
    from ${staged}
  ) as numbered
  where position_from_last = 1
) as source
on target.${inRange}
  and ${rawTable.key.map((name) => `target.${name} = source.${name}`).join("\n  and ")}
when matched then
  update set ${columns
    .filter((name) => !rawTable.key.includes(name))
    .map((name) => `${name} = source.${name}`)
    .join(", ")}
when not matched then
  insert (${columns.join(", ")})
  values (${columns.map((name) => `source.${name}`).join(", ")})`;

// Whether a load takes an empty text in a CSV for null depends on its quotes; here it is null in any case.
const cleaned = ({ name, type, mode }: Field) =>
  type === "STRING" && mode === "NULLABLE" ? `nullif(${name}, '') as ${name}` : name;

/** Keeps the lines that break the contract. */
export const insertRejects = (staged: string) => `insert into ${fullName(rejectedTable)}
  (part, file, line, field, reason, text)
select @part, @file, line, field, reason, text
from ${staged}`;

const exampleRows = `${rawTable.dataset}.staging_0123456789abcdef0123456789abcdef`;
const exampleRejects = `${exampleRows}_rejects`;

/** Every statement that the adapter itself sends to BigQuery, with examples for the names of the staging tables. */
export const bigqueryStatements: { name: string; sql: string }[] = [
  { name: "findPart", sql: findPart },
  { name: "countStagedRows", sql: countStagedRows(exampleRows) },
  { name: "countStagedRejects", sql: countStagedRejects(exampleRejects) },
  { name: "refuseLoadedPart", sql: refuseLoadedPart },
  { name: "insertPart", sql: insertPart(exampleRows) },
  { name: "insertPartWithoutRows", sql: insertPartWithoutRows },
  { name: "mergeRows", sql: mergeRows(exampleRows) },
  { name: "insertRejects", sql: insertRejects(exampleRejects) },
];
