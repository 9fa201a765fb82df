import { readFileSync } from "node:fs";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { countries } from "./countries.ts";
import { GenerateError } from "./generate-error.ts";
import type { PlannedDay, PlannedPart } from "./plan.ts";
import type { Cohort } from "./population.ts";
import { averageActivity, staying } from "./retention.ts";

const [drawsSql, activeUsersSql, activityRowsSql] = [
  "draws.sql",
  "active-users.sql",
  "activity-rows.sql",
].map((name) => readFileSync(new URL(name, import.meta.url), "utf8")) as [string, string, string];

export interface GeneratorOptions {
  seed: number;
  dayCount: number;
  cohorts: Cohort[];
  /** DuckDB spills there what does not fit into memory. */
  folder: string;
  /** Default: one per core. The rows do not depend on it. */
  threads?: number;
}

/** Computes activity in DuckDB, some days at a time. The same options give the same rows in the same order. */
export interface Generator {
  /** Computes the rows of some days, instead of those before, and returns the countries in them. */
  compute(days: PlannedDay[]): Promise<string[]>;
  /** Writes the rows of a part of one of these days as CSV without a header. */
  writeRows(path: string, day: PlannedDay, part: PlannedPart): Promise<void>;
  /** Makes the running statement fail. */
  interrupt(): void;
  close(): void;
}

/** Opens an in-memory DuckDB with the population of a run. */
export async function openGenerator({
  seed,
  dayCount,
  cohorts,
  folder,
  threads,
}: GeneratorOptions): Promise<Generator> {
  const instance = await DuckDBInstance.create(":memory:", {
    temp_directory: folder,
    ...(threads && { threads: String(threads) }),
  });
  const connection = await instance.connect();
  await connection.run("set variable seed = $seed::ubigint", { seed });
  await connection.run("set variable day_count = $dayCount::bigint", { dayCount });
  await connection.run(drawsSql);
  await connection.run(`create macro average_activity() as ${averageActivity}`);
  await createTables(connection, cohorts);
  await createTable(connection, "days", [], dayColumns);
  await connection.run(activeUsersSql);
  await connection.run(activityRowsSql);
  let isStored = false;
  return {
    async compute(days) {
      const rows = days.map(({ index, day, rows }) => ({
        day_index: index,
        event_date: day,
        row_count: rows,
      }));
      await createTable(connection, "days", rows, dayColumns);
      await connection.run(activeUsersSql);
      await requireAllRows(connection);
      isStored = days.flatMap(({ parts }) => parts).length > 1;
      if (isStored) {
        // Otherwise, each part would compute the rows of all.
        await connection.run(
          `create or replace temp table stored_rows as
           select *, row_number() over (partition by event_date order by order_key) as position from activity_rows`,
        );
      }
      const found = await connection.runAndReadAll(
        `select distinct country
         from (select distinct country_slot(user_key(user_number)) as country_slot from active_users)
         join countries using (country_slot)`,
      );
      return found.getRows().map(([country]) => String(country));
    },
    async writeRows(path, { day }, { firstRow, rows }) {
      await connection.run("set variable event_date = $day", { day });
      await connection.run("set variable first_row = $firstRow::bigint", { firstRow });
      await connection.run("set variable end_row = $endRow::bigint", { endRow: firstRow + rows });
      const rowsOfPart = isStored
        ? `select * exclude (order_key, position) from stored_rows
           where event_date = getvariable('event_date')
             and position > getvariable('first_row') and position <= getvariable('end_row')
           order by position`
        : "select * exclude (order_key) from activity_rows order by order_key";
      const copy = `copy (${rowsOfPart}) to $path (format csv, header false, compression none)`;
      await connection.run(copy, { path }).catch((cause) => {
        if (!/^IO Error/.test(cause.message)) throw cause;
        throw new GenerateError(`${path} can't be written: ${cause.message}.`, { cause });
      });
    },
    interrupt: () => connection.interrupt(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** @throws when a day has fewer users than its rows need, which `populate` excludes */
async function requireAllRows(connection: DuckDBConnection): Promise<void> {
  const missing = await connection.runAndReadAll(
    "select event_date from days where row_count <> (select count(*) from active_users where active_users.day_index = days.day_index)",
  );
  const [[day] = []] = missing.getRows();
  if (day !== undefined) throw new Error(`${day} has fewer users than its rows need`);
}

const dayColumns = { day_index: "bigint", event_date: "varchar", row_count: "bigint" };

async function createTables(connection: DuckDBConnection, cohorts: Cohort[]): Promise<void> {
  await createTable(connection, "cohorts", cohorts, {
    install_index: "bigint",
    install_date: "varchar",
    first_user: "bigint",
    size: "bigint",
  });
  const shares = staying.map((share, age) => ({ age, staying: share }));
  await createTable(connection, "retention", shares, { age: "bigint", staying: "double" });
  await createTable(connection, "country_shares", countries, {
    country: "varchar",
    first_slot: "bigint",
    slots: "bigint",
    ios_share: "double",
    willingness: "double",
    ad_micros: "bigint",
    has_outage: "boolean",
  });
  await connection.run(
    "create table countries as select *, unnest(range(first_slot, first_slot + slots)) as country_slot from country_shares",
  );
}

async function createTable(
  connection: DuckDBConnection,
  name: string,
  rows: object[],
  columns: Record<string, string>,
): Promise<void> {
  await connection.run("set variable table_rows = $json", { json: JSON.stringify(rows) });
  await connection.run(
    `create or replace table ${name} as
     select unnest(from_json(getvariable('table_rows'), '${JSON.stringify([columns])}'), recursive := true)`,
  );
}
