import { afterAll, beforeAll, expect, it } from "vitest";
import { checks } from "../../checks.ts";
import { addDays } from "../../days.ts";
import { derivedTables } from "../../tables/derived-tables.ts";
import { fullName, rawTable } from "../../tables/table.ts";
import { withParameters } from "../../templates.ts";
import { openInMemory } from "../../testing/in-memory.ts";

// DuckDB skips rows by blocks of so many, by the least and the greatest value of each.
const rowsPerBlock = 122_880;
const days = 70;
const rowsPerDay = 2 * Math.ceil(rowsPerBlock / 14);
const first = "2024-01-01";
const last = addDays(first, days - 1);

/** How many days of raw a row of a table is about, where it is more than its own. */
const daysRead: Record<string, number> = { active_users: 30, clan_daily_metrics: 7 };

const warehouse = await openInMemory();
afterAll(() => warehouse.close());

beforeAll(() =>
  warehouse.write({
    sql: `insert into ${fullName(rawTable)} by name
      select
        'user-' || n % ${rowsPerDay} as user_id,
        date '${first}' + cast(n // ${rowsPerDay} as integer) as event_date,
        'IOS' as platform,
        date '${first}' + cast(n // ${rowsPerDay} as integer) - cast(n % 61 as integer) as install_date,
        1 as total_session_count, 1 as total_session_duration, 1 as match_start_count, 1 as match_end_count,
        1 as victory_count, 0 as defeat_count, 0 as server_connection_error, 0 as iap_revenue, 0 as ad_revenue
      from range(${days * rowsPerDay}) as numbers(n)`,
  }),
);

interface Operator {
  operator_rows_scanned?: number;
  extra_info?: { Table?: string };
  children?: Operator[];
}

/** The largest number of rows that one scan of the raw table reads, for the last day. */
async function mostScanned(sql: string): Promise<number> {
  const parameters = { from_date: last, to_date: last };
  const [row] = await warehouse.query(`explain (analyze, format json) ${sql}`, parameters);
  const scansOf = (operator: Operator): Operator[] => [
    ...(operator.extra_info?.Table?.endsWith(rawTable.name) ? [operator] : []),
    ...(operator.children ?? []).flatMap(scansOf),
  ];
  const scans = scansOf(JSON.parse(String(row?.explain_value)));
  return Math.max(0, ...scans.map((scan) => scan.operator_rows_scanned ?? Number.NaN));
}

const queries = [
  ...derivedTables.map(({ table, query }) => ({ name: table.name, sql: withParameters(query) })),
  ...checks.map(({ claim, sql }) => ({ name: claim, sql })),
];

it.each(queries)(
  "of the raw table, a day reads the blocks of its days alone: $name",
  async ({ name, sql }) => {
    // Their days begin and end within a block.
    const most = (daysRead[name] ?? 1) * rowsPerDay + 2 * rowsPerBlock;
    expect(await mostScanned(sql)).toBeLessThan(most);
  },
);

it("finds a query that reads all", async () => {
  const all = `select count(*) from ${fullName(rawTable)} where @from_date = @to_date`;
  expect(await mostScanned(all)).toBe(days * rowsPerDay);
});
