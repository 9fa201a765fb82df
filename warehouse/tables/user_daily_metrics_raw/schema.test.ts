import { type ColumnKind, columns } from "@clan-platform/contract/columns.ts";
import { expect, it } from "vitest";
import { rawTable } from "../table.ts";

const types: Record<ColumnKind, string> = {
  id: "STRING",
  day: "DATE",
  code: "STRING",
  country: "STRING",
  count: "INT64",
  amount: "NUMERIC",
};

it("schema.json has the columns of the contract, in their order", () => {
  expect(rawTable.fields.map(({ name, type, mode }) => ({ name, type, mode }))).toEqual(
    columns.map(({ name, kind, nullable }) => ({
      name,
      type: types[kind],
      mode: nullable ? "NULLABLE" : "REQUIRED",
    })),
  );
});

it("table.json has the key of the contract", () => {
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => name);
  expect(rawTable.key.toSorted()).toEqual(key.toSorted());
});
