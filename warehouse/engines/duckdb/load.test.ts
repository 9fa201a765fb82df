import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Column, columns } from "@clan-platform/contract/columns.ts";
import { kinds } from "@clan-platform/contract/kinds/kinds.ts";
import { activity, csvHeader, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { openRawFile } from "../../loading/open-raw-file.ts";
import { fullName, rawTable, tables } from "../../tables/table.ts";
import { fromFixedPoint } from "../../testing/fixed-point.ts";
import { openInMemory } from "../../testing/in-memory.ts";
import type { Row } from "../../warehouse.ts";

const folder = mkdtempSync(join(tmpdir(), "clan-load-"));
const warehouse = await openInMemory();
afterAll(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true });
});

const good = (toCsv([activity()]).split("\n")[1] ?? "").split(",");

// Plain, odd and wrong, in every column.
const odd = fc.constantFrom(
  ...[
    "",
    "0",
    "007",
    "1",
    "1.0",
    "3.5",
    "1e3",
    "+5",
    " 5",
    "5 ",
    "-0",
    "-1",
    "2147483647",
    "2147483648",
    "NaN",
    "inf",
  ],
  ...[
    "0.1234567895",
    "999999999.999999999",
    "1234567890.5",
    "123456789012345",
    "1234567890123456",
    "1_000",
    "0x10",
    "3.00",
    "12.345678901234567",
    "0.00000000049999999",
    "1.5e-05",
    "5.0E-10",
    "1E3",
    "1e-400",
    "9.87654321e-19",
    "1,5",
    ".5",
    "5.",
  ],
  ...[
    "2024-03-05",
    "2024-3-5",
    "2024/03/05",
    "20240305",
    "2024-02-29",
    "2023-02-29",
    "2014-12-31",
    "9999-12-31",
    "0000-01-01",
    "epoch",
    "infinity",
    "2024-03-05 00:00:00",
    "2024-03-05T00:00:00.000Z",
    "2024-03-05 00:00:00+00:00",
    "2024-03-05 00:00:01",
    "2024-02-30 00:00:00",
  ],
  ...[
    "android",
    "iOS",
    "ıos",
    "Türkiye",
    "tur",
    "Congo (Kinshasa)",
    "Turkye",
    "NA",
    "ZZ",
    "(not set)",
    "TR ",
  ],
  ...["ANDROID", "ios", "IOS", "WEB", "TR", "tr", "T", "TUR", "T1", "."],
  ...[
    "..",
    "a b",
    " a",
    "é",
    "\u{1f600}",
    "x".repeat(128),
    "x".repeat(129),
    "a\tb",
    "a\u0000b",
    "NULL",
    "\\N",
    "'",
    '"a"',
    'a"b',
    '"a" ',
    '"a,b"',
  ],
);
const line = fc.array(fc.tuple(fc.nat(good.length - 1), odd), { maxLength: 2 }).map((changes) => {
  const fields = good.slice();
  for (const [column, value] of changes) fields[column] = value;
  return fields.join(",");
});
const anyLine = fc.oneof(
  { weight: 20, arbitrary: line },
  fc.constantFrom(`${good.join(",")},`, `${good.join(",")},x`, good.slice(1).join(","), "", " ", "x"),
);

// What a load writes.
const written = tables.filter(({ dataset, name }) => dataset === rawTable.dataset && !name.endsWith("_lock"));

/** What becomes of lines on an empty warehouse. */
async function load(lines: string[]): Promise<{ rows: Row[]; rejected: Row[]; report: object }> {
  const path = join(folder, "part-to-load.csv");
  writeFileSync(path, `${[csvHeader, ...lines].join("\n")}\n`);
  const part = await openRawFile(path, folder, { allowRejects: true });
  for (const table of written) await warehouse.write({ sql: `delete from ${fullName(table)}` });
  const report = await warehouse.loadFile(part);
  const rows = await warehouse.query("select * from clan_case_raw.user_daily_metrics_raw order by all");
  const rejected = await warehouse.query(
    "select line, field, reason from clan_case_raw.user_daily_metrics_rejected order by line",
  );
  return { rows, rejected, report };
}

it("stores the same of a line whether its file is read by DuckDB or line by line", async () => {
  // A file with quotation marks is read line by line.
  const quoted = good.with(0, '"somebody else"').with(1, "2024-03-09").join(",");
  await fc.assert(
    fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 3 }), async (lines) => {
      const alone = await load(lines);
      const validated = await load([...lines, quoted]);
      expect(validated.rows.filter(({ user_id }) => user_id !== "somebody else")).toEqual(alone.rows);
      expect(validated.rejected).toEqual(alone.rejected);
    }),
    { numRuns: 100 },
  );
}, 300_000);

it("reads a plain file with DuckDB alone, to the last digit", async () => {
  const { rows, report } = await load([good.with(12, "999999999.999999999").join(",")]);
  expect(rows).toMatchObject([
    { user_id: "player-1", iap_revenue: "999999999.999999999", ad_revenue: "0.0125" },
  ]);
  expect(report).toMatchObject({ read: 1, loaded: 1, replaced: 0, rejected: 0, wasLoaded: false });
});

it.each([
  ["user_id", ".."],
  ["event_date", "2014-12-31"],
  ["event_date", "2023-02-29"],
  ["install_date", "2024-03-06"],
  ["total_session_count", "2147483648"],
])("rejects a line whose %s is plain in form, but beyond the limits: %s", async (name, value) => {
  const beyond = good.with(csvHeader.split(",").indexOf(name), value).join(",");
  expect(await load([good.with(0, "ann").join(","), beyond])).toMatchObject({
    rows: [{ user_id: "ann" }],
    rejected: [{ line: 3, field: name }],
    report: { read: 2, loaded: 1, rejected: 1 },
  });
});

// With the digits that decide about rounding, and zeros before and after.
const digits = (min: number, max: number) =>
  fc
    .array(fc.constantFrom("0", "0", "1", "4", "5", "5", "6", "9", "9"), { minLength: min, maxLength: max })
    .map((all) => all.join(""));
const exponent = fc.oneof(
  fc.constant(""),
  fc
    .tuple(fc.constantFrom("e-", "E-"), fc.boolean(), fc.integer({ min: 0, max: 20 }))
    .map(([e, isPadded, by]) => `${e}${isPadded ? String(by).padStart(2, "0") : by}`),
);
const writtenAmount = fc
  .tuple(digits(1, 9), digits(0, 17), exponent)
  .map(([whole, places, exponent]) => `${whole}${places && `.${places}`}${exponent}`);

/** Nine decimal places of an amount, rounded half up: as BigQuery's NUMERIC does. */
function rounded(amount: string): string {
  const [, whole = "", places = "", exponent = "0"] = /^(\d+)(?:\.(\d+))?(?:e(.+))?$/i.exec(amount) ?? [];
  const unit = 10n ** BigInt(9 + 40);
  const scaled = BigInt(whole + places) * 10n ** BigInt(40 + 9 + 9 + Number(exponent) - places.length);
  return fromFixedPoint((2n * scaled + unit) / (2n * unit));
}

it("rounds an amount by its digits, however small an exponent makes it, alone and line by line", async () => {
  const loadAmounts = async (amounts: string[], more: string[] = []) => {
    const lines = amounts.map((amount, n) => good.with(0, `user-${n}`).with(12, amount).join(","));
    const { rows } = await load([...lines, ...more]);
    const stored = new Map(rows.map(({ user_id, iap_revenue }) => [user_id, iap_revenue]));
    return amounts.map((_, n) => stored.get(`user-${n}`));
  };
  const quoted = good.with(0, '"somebody else"').join(",");
  const column = columns.find(({ name }) => name === "iap_revenue") as Column;
  const isPlain = new RegExp(`^${kinds.amount.plainForm(column, ",")}$`);
  const check = async (amounts: string[]) => {
    // One that is not plain has its whole file read line by line.
    const plain = amounts.filter((amount) => isPlain.test(amount));
    expect(await loadAmounts(plain)).toEqual(plain.map(rounded));
    expect(await loadAmounts(amounts, [quoted])).toEqual(amounts.map(rounded));
  };
  for (const tiny of ["5.551115123125783e-17", "9.5e-12", "0.5e-9", "0.00005e-06", "123.4e-10", "0E-9"])
    expect(await loadAmounts([tiny])).toEqual([rounded(tiny)]);
  const amounts = fc.array(writtenAmount, { minLength: 1, maxLength: 300 });
  await fc.assert(fc.asyncProperty(amounts, check), { numRuns: 50 });
}, 300_000);

it("keeps the last of the rows with the same key in a plain file", async () => {
  const lines = ["1", "3", "2"].map((revenue) => good.with(12, revenue).join(","));
  expect(await load([...lines, good.with(0, "ann").join(",")])).toMatchObject({
    rows: [{ user_id: "ann" }, { user_id: "player-1", iap_revenue: "2" }],
    report: { read: 4, loaded: 2, replaced: 2, rejected: 0 },
  });
});

it("keeps the last of the rows with the same key in a file so large that two threads read it", async () => {
  // Together more than the 32 MB that DuckDB gives to one thread.
  const ids = Array.from({ length: 120_000 }, (_, n) => String(n).padEnd(128, "-"));
  const delivery = (revenue: string) => ids.map((id) => good.with(0, id).with(12, revenue).join(","));
  const { rows, report } = await load([...delivery("1"), ...delivery("2")]);
  expect(report).toMatchObject({ read: 240_000, loaded: 120_000, replaced: 120_000 });
  expect(Map.groupBy(rows, ({ iap_revenue }) => iap_revenue).get("2")).toHaveLength(120_000);
});
