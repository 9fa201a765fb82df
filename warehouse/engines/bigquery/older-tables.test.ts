import { expect, it } from "vitest";
import { checks } from "../../checks.ts";
import { replacingDays } from "../../tables/replacing-days.ts";
import { dailyMetricsTable, fullName } from "../../tables/table.ts";
import { withParameters } from "../../templates.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { WarehouseError } from "../../warehouse.ts";
import { explain } from "./failures.ts";

const { analyze } = await startGoogleSql();

/** Without the columns that versions have added to it. */
const older = {
  name: "older_daily_metrics",
  fields: dailyMetricsTable.fields.slice(
    0,
    dailyMetricsTable.fields.findIndex(({ name }) => name === "payers"),
  ),
};
const days = { from_date: "2024-03-01", to_date: "2024-03-31" };

/** What a statement fails with on older tables, as BigQuery returns it: with GoogleSQL's message. */
async function failureOf(sql: string): Promise<Error> {
  const onOlder = sql.replace(new RegExp(`${fullName(dailyMetricsTable)}\\b`, "g"), older.name);
  const message = await analyze(onOlder, { tables: [older], days }).then(
    () => expect.unreachable(`${sql} needs no newer column`),
    (error: Error) => error.message,
  );
  return Object.assign(new Error(message), { code: 400, errors: [{ reason: "invalidQuery", message }] });
}

const ratios = checks.find(({ claim }) => claim.startsWith("every ratio is its sum"));

it.each([
  ["reads it", `select payers from ${fullName(dailyMetricsTable)}`],
  ["reads it by an alias", `select daily.payers from ${fullName(dailyMetricsTable)} as daily`],
  [
    "writes it",
    withParameters({
      template: replacingDays(dailyMetricsTable, "select 1").template,
      parameters: ["from_date", "to_date"],
    }),
  ],
  ["checks it", ratios?.sql ?? ""],
])("says that tables are older than a statement that %s", async (_, sql) => {
  const explained = explain(await failureOf(sql), "EU");
  expect(explained).toBeInstanceOf(WarehouseError);
  expect((explained as Error).message).toMatch(
    /^A table lacks the column \w+, because it was created by an older version: update the tables with `pulumi up` \(/,
  );
});

it("leaves an unknown name that no version has added as the defect that it is", async () => {
  const failure = await failureOf(`select playres from ${fullName(dailyMetricsTable)}`);
  expect(explain(failure, "EU")).toBe(failure);
});
