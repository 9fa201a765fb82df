import { expect, it } from "vitest";
import { addDays } from "../../days.ts";
import { changesFields, changesTables } from "../../sync/statements.ts";
import { fullName, rawTable, tables } from "../../tables/table.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import { scheduledActivitySync, scheduledSync } from "./scheduled-queries.ts";
import type { SyncRead } from "./sync-reads.ts";

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
 * (https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#on-demand-query-size-calculation).
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

it("an erasure reads two columns to find the user's days, the keys of those days, and then those days", async () => {
  const days = [yesterday, late];
  const erasure = await bytesOf(script, { days, hasErased: true });
  const daysFound = daysKept * rowsPerDay * widthOf(["event_date", "user_id"]);
  const keysFound = days.length * rowsPerDay * widthOf(rawTable.key);
  expect(erasure).toBe(daysFound + keysFound + (await bytesOf(script, { days })));
  expect(erasure / (2 * daysKept * rowsPerDay * wholeRow)).toBeLessThan(0.1);
});

/** The tables that a scheduled sync scans, statement by statement, as `sync-reads.json` has them. */
async function readsOf(script: string): Promise<{ smallTables: number; reads: SyncRead[] }> {
  const statements: { sql: string; scans: { table: string; columns: string[] }[] }[] = [];
  await analyzeScript(script, {
    externalQuery: [...changesFields, { name: "safe_watermark", type: "TIMESTAMP" }],
    tables: changesTables,
    onScan(table, columns, sql) {
      if (statements.at(-1)?.sql !== sql) statements.push({ sql, scans: [] });
      statements.at(-1)?.scans.push({ table, columns });
    },
  });
  const reads: SyncRead[] = [];
  let smallTables = 0;
  for (const [at, { sql, scans }] of statements.entries()) {
    // A temporary table's query is analysed twice; days, rows and rejected lines of erased users are looked for when there are any.
    const isOfErased =
      sql.includes("where is_erased)\n    )") ||
      sql.startsWith("insert into differences") ||
      sql.includes("as part_and_line");
    if (isOfErased || statements[at - 1]?.sql.endsWith(`as\n${sql}`)) continue;
    const [statement = "", verb, target] =
      /^(merge into|insert into|delete from|create or replace temp table) ([\w.]+)/.exec(sql) ?? [];
    for (const [name, ofTable] of Map.groupBy(scans, ({ table }) => table)) {
      // An INSERT isn't billed for its target, nor a query for a table of which it needs no column.
      const billed = ofTable
        .map((scan, number) => ({ ...scan, number }))
        .filter(({ number }) => number > 0 || name !== target || verb !== "insert into")
        .filter(({ columns }) => columns.length > 0);
      if (billed.length === 0) continue;
      const table = growing.find((known) => fullName(known) === name);
      if (!table) {
        smallTables += 1;
        continue;
      }
      const days = daysOfScans(sql, name);
      expect(days, `each scan of ${name} in ${sql}`).toHaveLength(ofTable.length);
      reads.push({
        statement,
        table: table.name,
        scans: billed.map(({ columns, number }) => ({
          columns: columns.join(", "),
          days: days[number] ?? Number.NaN,
        })),
      });
    }
  }
  return { smallTables, reads };
}

/** Those that have less than BigQuery's minimum: bookkeeping, locks and rejected lines. */
const isSmall = (name: string) =>
  /_(runs|lock|rejected)$|^activity_sync|^loaded_parts$|^annotations$/.test(name);
const growing = tables.filter(({ name }) => !isSmall(name));

/**
 * How many days each scan of a table reads when one day is touched, in the order of the text; of a table without partitions,
 * or without a filter of them, all.
 */
function daysOfScans(sql: string, name: string): (number | "all")[] {
  const isPartitioned = growing.some((table) => fullName(table) === name && table.timePartitioning);
  const [, ...afterName] = sql.split(new RegExp(`\\b${name}\\b`));
  return afterName.map((text, at) => {
    if (!isPartitioned) return "all";
    if (at === 0 && sql.startsWith(`merge into ${name} `)) {
      expect(sql).toMatch(/target\.event_date (in unnest\(v_days\)|between v_from_date and v_to_date)/);
      return 1;
    }
    const [filter] = /^(?: as \w+)?\s+where .*?(?=\n\)|\n {2}union|\n {2}group|$)/s.exec(text) ?? [];
    if (!filter) return "all";
    if (filter.includes("event_date in unnest(v_days)")) return 1;
    const ranges = [
      ...filter.matchAll(/event_date between v_from_date(?: - (\d+))? and v_(?:to|from)_date(?: - (\d+))?/g),
    ].map(([, first = "0", last = "0"]) => Number(first) - Number(last) + 1);
    // The first of several encloses the others.
    const [days, ...within] = ranges;
    if (days === undefined) throw new Error(`The partitions of ${name} are not filtered: ${filter}`);
    return within.length > 0 ? within.reduce((sum, part) => sum + part, 0) : days;
  });
}

it("sync-reads.json has what a frequent sync reads of each table (after a change: vitest -u)", async () => {
  const found = await readsOf(scheduledSync("game.eu.clan-activity"));
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot("sync-reads.json");
});
