import { expect, it } from "vitest";
import { addDays } from "../../days.ts";
import { changesFields, changesTables } from "../../sync/statements.ts";
import { fullName, rawTable } from "../../tables/table.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { scheduledActivitySync } from "./scheduled-queries.ts";

const { analyzeScript } = await startGoogleSql();

const raw = fullName(rawTable);
const rowsPerDay = 240_000;
const daysKept = 3 * 365;

/** Bytes of a value (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes). */
const widths: Record<string, number> = {
  DATE: 8,
  INT64: 8,
  FLOAT64: 8,
  NUMERIC: 16,
  TIMESTAMP: 8,
  STRING: 14,
};
const widthOf = (columns: string[]) =>
  rawTable.fields
    .filter(({ name }) => columns.includes(name))
    .reduce((sum, { type }) => sum + (widths[type] ?? Number.NaN), 0);
const wholeRow = widthOf(rawTable.fields.map(({ name }) => name));

interface Sync {
  days: string[];
  hasErased?: boolean;
}

/**
 * The bytes of the raw table that a sync is billed for: a query's columns in the partitions that its filter leaves, and in
 * a MERGE that updates or deletes, all columns of the target
 * (https://cloud.google.com/bigquery/docs/data-manipulation-language#on-demand-query-size-calculation).
 */
async function bytesOf(script: string, { days, hasErased = false }: Sync): Promise<number> {
  let bytes = 0;
  const seen = new Set<string>();
  await analyzeScript(script, {
    externalQuery: [...changesFields, { name: "safe_watermark", type: "TIMESTAMP" }],
    tables: changesTables,
    onScan(table, columns, sql) {
      const scan = `${table} ${columns} ${sql.replace(/^create or replace temp table \w+ as\s/, "")}`;
      // A temporary table's query is analysed twice.
      if (table !== raw || seen.has(scan)) return;
      seen.add(scan);
      if (sql.includes("where is_erased)") && !hasErased) return;
      const width = sql.startsWith("merge into") ? wholeRow : widthOf(columns);
      bytes += rowsPerDay * width * partitionsOf(sql, days);
    },
  });
  return bytes;
}

function partitionsOf(sql: string, days: string[]): number {
  if (/event_date in unnest\(v_days\)/.test(sql)) return new Set(days).size;
  if (/event_date between date '0001-01-01' and date '9999-12-31'/.test(sql)) return daysKept;
  const [first = "", last = ""] = [days.toSorted()[0], days.toSorted().at(-1)];
  if (/event_date between v_from and v_to/.test(sql))
    return (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;
  throw new Error(`The partitions of raw are not filtered: ${sql}`);
}

const script = scheduledActivitySync("game.eu.clan-activity");
const yesterday = "2026-11-01";
const late = addDays(yesterday, -365);

it("a row that is 365 days late costs as much as a normal day, and not all days between", async () => {
  const normal = await bytesOf(script, { days: [yesterday] });
  // The differences, and the MERGE.
  expect(normal).toBe(2 * rowsPerDay * wholeRow);
  const ofLateRow = (await bytesOf(script, { days: [yesterday, late] })) - normal;
  expect(ofLateRow / normal).toBeLessThan(1.2);
  expect((await bytesOf(script, { days: [late] })) / normal).toBeLessThan(1.2);

  const byRange = script
    .replace("declare v_days array<date>;", "declare v_days array<date>;\n\ndeclare v_from, v_to date;")
    .replaceAll("event_date in unnest(v_days)", "event_date between v_from and v_to");
  expect((await bytesOf(byRange, { days: [yesterday, late] })) / normal).toBe(366);
});

it("an erasure reads two columns to find the user's days, and then those days", async () => {
  const erasure = await bytesOf(script, { days: [yesterday, late], hasErased: true });
  const found = daysKept * rowsPerDay * widthOf(["event_date", "user_id"]);
  expect(erasure).toBe(found + (await bytesOf(script, { days: [yesterday, late] })));
  expect(erasure / (2 * daysKept * rowsPerDay * wholeRow)).toBeLessThan(0.1);
});
