import { type ColumnKind, columns, keyColumns } from "@clan-platform/contract/columns.ts";
import { expect, it } from "vitest";
import { type Field, rawTable } from "../table.ts";

const types: Record<ColumnKind, Field["type"]> = {
  id: "STRING",
  day: "DATE",
  code: "STRING",
  country: "STRING",
  count: "INT64",
  amount: "NUMERIC",
};

it("schema.json is what contract/columns.ts declares, and table.json has its key", () => {
  const declared = columns.map(({ name, kind, nullable, description }) => ({
    name,
    type: types[kind],
    mode: nullable ? "NULLABLE" : "REQUIRED",
    description,
  }));
  expect(rawTable.fields, "edit warehouse/tables/user_daily_metrics_raw/schema.json").toEqual(declared);
  expect(rawTable.key.toSorted()).toEqual(keyColumns.toSorted());
});
