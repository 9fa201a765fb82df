import {
  type ActivityRow,
  activityFields,
  keyColumns,
  measureColumns,
} from "@clan-platform/contract/columns.ts";
import type { Database } from "../database/pool.ts";
import { write } from "../database/write.ts";

export interface UpsertCounts {
  inserted: number;
  updated: number;
  unchanged: number;
  /** Rows of the delivery whose key came again later in it. */
  repeated: number;
}

// The day first: the rows of a delivery are then stored day by day, and a day's export reads few pages but its own.
const key = ["event_date", ...keyColumns.filter((column) => column !== "event_date")];
const columns = activityFields.join(", ");
const measuresOf = (table: string) => `(${measureColumns.map((column) => `${table}.${column}`).join(", ")})`;

/**
 * One statement that brings `user_activity` to what the delivery `source` says: of rows with one key the last `line`
 * counts; a new one is inserted, a different one replaces what is there, an equal one touches nothing.
 * All deliveries go through their rows in the order of the key, so that two at once wait for each other
 * and never in a circle.
 */
const upsertFrom = (source: string, join: string) => `
  with latest as materialized (
    select distinct on (${key.join(", ")}) ${columns} from ${source} order by ${key.join(", ")}, line desc
  ), changed as (
    -- Without this, the equal rows would each be locked and written to the log.
    select latest.*
    from latest
    left join ${join}
    where kept.user_id is null or ${measuresOf("kept")} is distinct from ${measuresOf("latest")}
  ), upserted as (
    insert into user_activity (${columns}, received_at, updated_at)
    select ${columns}, statement_timestamp(), statement_timestamp() from changed order by ${key.join(", ")}
    on conflict (${key.join(", ")}) do update set
      ${measureColumns.map((column) => `${column} = excluded.${column}`).join(", ")},
      updated_at = excluded.updated_at
    where ${measuresOf("user_activity")} is distinct from ${measuresOf("excluded")}
    returning old.user_id is null as is_new
  )
  select
    (select count(*)::int from latest) as keys,
    count(*) filter (where is_new)::int as inserted,
    count(*) filter (where not is_new)::int as updated
  from upserted`;

function toCounts(
  delivered: number,
  { keys, inserted, updated }: { keys: number; inserted: number; updated: number },
): UpsertCounts {
  return { inserted, updated, unchanged: keys - inserted - updated, repeated: delivered - keys };
}

const isSameKey = key.map((column) => `user_activity.${column} = latest.${column}`).join(" and ");

// A plan that is kept may have been made when the table was small; looked up row by row, the key's index serves at
// every size.
const upsertRowsSql = upsertFrom(
  "(select *, ordinality as line from json_populate_recordset(null::user_activity, $1) with ordinality)",
  `lateral (select * from user_activity where ${isSameKey} limit 1) as kept on true`,
);

/** Stores rows, all or none. */
export async function upsertRows(database: Database, rows: ActivityRow[]): Promise<UpsertCounts> {
  const result = await write(database, {
    name: "upsert-activity",
    text: upsertRowsSql,
    values: [JSON.stringify(rows)],
  });
  return toCounts(rows.length, result.rows[0]);
}

/** The temporary table of a bulk delivery: the rows, and the line that each came from. */
export const stagingTable = "staged_activity";
export const stagingColumns = `${columns}, line`;

const upsertStagedSql = upsertFrom(stagingTable, `user_activity as kept using (${key.join(", ")})`);

/** Makes the staging table, which ends with the transaction. */
export async function createStagingTable(tx: Database): Promise<void> {
  await tx.query(
    `create temporary table ${stagingTable} on commit drop as
     select ${columns}, 0 as line from user_activity with no data`,
  );
}

/** Stores the staged rows, of which there are `staged`, all or none. */
export async function upsertStaged(tx: Database, staged: number, timeoutMs: number): Promise<UpsertCounts> {
  // Nobody else counts the rows of a temporary table, and the plan depends on how many there are; not on much more.
  await tx.query("set local default_statistics_target = 10");
  await tx.query(`analyze ${stagingTable}`);
  const query = { text: upsertStagedSql, query_timeout: timeoutMs };
  const { rows } = await tx.query(query);
  return toCounts(staged, rows[0]);
}
