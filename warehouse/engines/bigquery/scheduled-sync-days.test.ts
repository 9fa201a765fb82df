import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { expect, it, onTestFinished } from "vitest";
import { addDays } from "../../days.ts";
import { mergeDifferences, mergeDifferencesOfDays } from "../../sync/statements.ts";
import { maxPartitionsChanged } from "../../tables/partition-limit.ts";
import { fullName, rawTable } from "../../tables/table.ts";
import { type SharedStatement, withValues, withVariables } from "../../templates.ts";
import { connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { duckdbTypes } from "../duckdb/types.ts";
import { openBigquery } from "./bigquery.ts";
import { scheduledActivitySync } from "./scheduled-queries.ts";

const { evaluate } = await startGoogleSql();

const firstDay = "2015-01-01";
const lastDay = addDays(firstDay, maxPartitionsChanged);

/** The first and the last day of each merge of these days, an array. */
async function mergedDays(days: string) {
  const script = scheduledActivitySync("game.eu.clan-activity");
  const [, query = "", body] = /^for merged in \(\n([\s\S]*?)\n\) do\n([\s\S]*?)end for;/m.exec(script) ?? [];
  expect(body).toBe(`  set v_days = merged.days;\n${withVariables(mergeDifferencesOfDays)};\n`);
  return evaluate(`
    select
      (select min(day) from unnest(days) as day) as from_date,
      (select max(day) from unnest(days) as day) as to_date,
      array_length(days) as day_count
    from (${query.replaceAll("v_days", () => days)}) as merged
    order by from_date`);
}

it("activity_sync merges the days of a sync at once, or 4,000 at a time", async () => {
  expect(await mergedDays("[date '2024-03-05', date '2024-03-01']")).toEqual([
    { from_date: "2024-03-01", to_date: "2024-03-05", day_count: 2 },
  ]);
  expect(await mergedDays(`generate_date_array('${firstDay}', '${lastDay}')`)).toEqual([
    { from_date: firstDay, to_date: addDays(lastDay, -1), day_count: 4_000 },
    { from_date: lastDay, to_date: lastDay, day_count: 1 },
  ]);
});

it("a merge of 4,000 days leaves the differences of other days to the next, which BigQuery refuses in one", async () => {
  const server = await startBigquery();
  onTestFinished(server.close);
  await (await openBigquery(connectionTo(server))).createTables();
  const session = await server.engine.openSession();
  onTestFinished(session.close);
  const row: Record<string, unknown> = activity({ user_id: "ann" });
  const values = rawTable.fields.map(({ name, type }) =>
    name === "event_date"
      ? "day::date as event_date"
      : `cast('${row[name]}' as ${duckdbTypes[type]}) as ${name}`,
  );
  const days = (from: string, to: string) =>
    `(select unnest(generate_series(date '${from}', date '${to}', interval 1 day))::date)`;
  await session.run(`create temp table differences as
    select ${values.join(", ")}, false as is_known, false as is_deleted
    from ${days(firstDay, lastDay)} as days (day)`);
  const merge = (statement: SharedStatement, from: string, to: string) =>
    session.run(withValues(statement, () => days(from, to)));

  await expect(merge(mergeDifferences, firstDay, lastDay)).rejects.toThrow("Too many partitions");
  await merge(mergeDifferencesOfDays, firstDay, addDays(lastDay, -1));
  await merge(mergeDifferencesOfDays, lastDay, lastDay);
  const stored = `select count(*)::int as n, max(event_date)::varchar as last from ${fullName(rawTable)}`;
  expect(await server.engine.look(stored)).toEqual([{ n: 4_001, last: lastDay }]);
});
