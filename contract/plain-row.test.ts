import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ActivityRow, rowSchema } from "./activity-row.ts";
import { type Column, type ColumnKind, columns } from "./columns.ts";
import { copyEncoder } from "./copy-text.ts";
import { csvEncoder } from "./csv-text.ts";
import { kinds } from "./kinds/kinds.ts";
import { plainRowReader, readPlainRow } from "./plain-row.ts";

const odd = fc.oneof(
  fc.anything(),
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    "",
    " a",
    "2024-02-30",
    "2024-02-29",
    "2014-12-31",
    "9999-01-01",
    "ios",
    "tr",
    "TR",
    "-0",
    "007",
    "1e5",
  ),
  fc.constantFrom(-0, 1e-7, 2 ** 31, 2 ** 31 - 1, 1e15, 999_999_999_999_999, Number.POSITIVE_INFINITY),
);
const field = fc.constantFrom(...Object.keys(activity()), "extra");
// At most a few fields are odd, so that many rows are good.
const changes = fc.dictionary(field, odd, { maxKeys: 3 });

it("reads a plain row", () => {
  expect(readPlainRow(activity())).toEqual(ActivityRow.parse(activity()));
  expect(readPlainRow(activity({ country: "", iap_revenue: "4.990" }))).toMatchObject({
    country: null,
    iap_revenue: "4.990",
  });
});

it("takes nothing that the schema refuses, and reads the same out of what it takes", () => {
  fc.assert(
    fc.property(changes, (changes) => {
      const raw = activity(changes);
      const plain = readPlainRow(raw);
      if (plain) expect(ActivityRow.parse(raw)).toEqual(plain);
    }),
    { numRuns: 20_000 },
  );
  for (const raw of [null, undefined, 5, "x", [], {}, Object.values(activity())]) {
    expect(readPlainRow(raw)).toBeUndefined();
  }
});

const plainValues: Record<ColumnKind, string | number> = {
  id: "back\\slash",
  day: "2024-03-02",
  code: "STORE",
  country: "DE",
  count: 7,
  amount: "1.50",
};

it.each(Object.keys(kinds) as ColumnKind[])("takes one more column of kind %s, nullable or not", (kind) => {
  const column: Column = {
    name: "more",
    kind,
    nullable: false,
    isKey: false,
    description: "One more",
    codes: ["STORE"],
  };
  const value = plainValues[kind];
  for (const more of [column, { ...column, nullable: true }]) {
    const extended: Column[] = [...columns, more];
    const schema = rowSchema<Record<string, string | number | null>>(extended);
    const plain = plainRowReader<Record<string, string | number | null>>(extended)(activity({ more: value }));
    expect(plain).toEqual({ ...ActivityRow.parse(activity()), more: value });
    expect(schema.parse(activity({ more: value }))).toEqual(plain);
    expect(copyEncoder(extended)(plain ?? {})).toMatch(kind === "id" ? /\tback\\\\slash$/ : `\t${value}`);
    expect(csvEncoder(extended)(plain ?? {})).toMatch(new RegExp(`,${RegExp.escape(String(value))}$`));
    for (const nothing of [null, "", undefined]) {
      const raw = activity({ more: nothing });
      if (!more.nullable) expect(schema.safeParse(raw).success).toBe(false);
      else expect(schema.parse(raw)).toMatchObject({ more: null });
      expect(plainRowReader(extended)(raw)).toEqual(
        more.nullable && nothing !== undefined ? schema.parse(raw) : undefined,
      );
    }
    if (more.nullable) {
      expect(schema.parse(activity())).toMatchObject({ more: null });
      const row = schema.parse(activity({ more: null }));
      expect(copyEncoder(extended)(row)).toMatch(/\t\\N$/);
      expect(csvEncoder(extended)(row)).toMatch(/,$/);
    }
  }
});
