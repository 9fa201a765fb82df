import { tables } from "@clan-platform/warehouse/tables/table.ts";
import { expect, it } from "vitest";
import { type ReleasedTable, releasedTables, replacements } from "./testing/released-schemas.ts";

it("no released table has to be replaced to become what its folder describes", () => {
  const described = tables.map(({ dataset, name, fields, timePartitioning, clustering }) => ({
    name: `${dataset}.${name}`,
    columns: fields,
    partitionedBy: timePartitioning?.field ?? null,
    clusteredBy: clustering?.fields ?? [],
  }));
  expect(replacements(releasedTables, described)).toEqual([]);
  expect(releasedTables.length).toBeGreaterThan(3);
});

const column = (name: string, type = "STRING", mode = "NULLABLE") => ({ name, type, mode });
const day = column("day", "DATE", "REQUIRED");
const released: ReleasedTable = {
  name: "raw.events",
  columns: [day, column("country"), column("revenue", "NUMERIC")],
  partitionedBy: "day",
  clusteredBy: ["country"],
};
const [, country, revenue] = released.columns as [typeof day, typeof day, typeof day];
const changed = (change: Partial<ReleasedTable>) => replacements([released], [{ ...released, ...change }]);

it("a nullable column at the end and a new table replace nothing", () => {
  expect(changed({})).toEqual([]);
  expect(changed({ columns: [...released.columns, column("platform"), column("source")] })).toEqual([]);
  expect(replacements([released], [{ ...released, name: "raw.more" }, released])).toEqual([]);
});

it.each<[string, Partial<ReleasedTable>, string[]]>([
  ["a missing column", { columns: [day, country] }, ["raw.events.revenue is missing"]],
  [
    "another type",
    { columns: [day, country, column("revenue", "FLOAT64")] },
    ["raw.events.revenue was NUMERIC and is FLOAT64"],
  ],
  [
    "another mode",
    { columns: [day, column("country", "STRING", "REQUIRED"), revenue] },
    ["raw.events.country was NULLABLE and is REQUIRED"],
  ],
  [
    "another order",
    { columns: [day, revenue, country] },
    ["raw.events.country was column 2 and is column 3", "raw.events.revenue was column 3 and is column 2"],
  ],
  [
    "a new column in between",
    { columns: [day, country, column("platform"), revenue] },
    ["raw.events.revenue was column 3 and is column 4"],
  ],
  [
    "a new column that is required",
    { columns: [...released.columns, column("platform", "STRING", "REQUIRED")] },
    ["raw.events.platform is new and REQUIRED: existing rows have no value"],
  ],
  [
    "a column by another name",
    { columns: [day, column("land"), revenue] },
    ["raw.events.country is missing"],
  ],
  ["other partitions", { partitionedBy: null }, ["raw.events was partitioned by day and is by nothing"]],
  ["other clusters", { clusteredBy: [] }, ["raw.events was clustered by country and is by nothing"]],
  ["a table by another name", { name: "raw.activity" }, ["raw.events is missing"]],
])("%s is reported", (_, change, reported) => {
  expect(changed(change)).toEqual(reported);
});
