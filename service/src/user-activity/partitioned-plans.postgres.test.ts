import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import type { Queryable, Statement } from "../database/database.ts";
import { eraseActivity, listHistory } from "./repository.ts";

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Loops": number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Plan[];
}

const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)];

/** Two years of months, each with 4,000 rows of 400 users. */
async function twoYears() {
  const { adminUrl } = await createTestDatabase();
  const client = await connect(adminUrl);
  await client.query(`
    alter table user_activity detach partition user_activity_older;
    alter table user_activity attach partition user_activity_older for values from (minvalue) to ('2024-01-01')`);
  for (let month = 0; month < 24; month++) {
    const [from, to] = [month, month + 1].map((n) =>
      new Date(Date.UTC(2024, n, 1)).toISOString().slice(0, 10),
    );
    await client.query(
      `create table user_activity_${from?.slice(0, 7).replace("-", "_")} partition of user_activity
       for values from ('${from}') to ('${to}')`,
    );
  }
  await client.query(
    `insert into user_activity
     select 'player-' || n % 400, date '2024-01-01' + (month * interval '1 month')::interval + n / 400 * interval '1 day',
            'IOS', '2023-01-01', 'TR', 1, 1, 1, 1, 1, 0, 0, 0, 0
     from generate_series(0, 23) month, generate_series(0, 3999) n`,
  );
  await client.query("vacuum analyze user_activity");
  return client;
}

it("over two years of months, every query by user scans one index per month at most, and a page only the months it shows", async () => {
  const client = await twoYears();
  const explained: Plan[][] = [];
  // The statements that the routes run, with their own texts and values; each is run after it was explained.
  const explaining = {
    query: async (statement: string | Statement, given: unknown[] = []) => {
      const { text, values = [] } =
        typeof statement === "string" ? { text: statement, values: given } : statement;
      await client.query("savepoint explained");
      const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
      await client.query("rollback to savepoint explained");
      explained.push(flatten(rows[0]["QUERY PLAN"][0].Plan));
      return client.query(text, values);
    },
  } as unknown as Queryable;
  const { rows } = await client.query(
    "select count(*)::int as count from pg_inherits where inhparent = 'user_activity'::regclass",
  );
  const partitions: number = rows[0].count;
  expect(partitions).toBeGreaterThan(24);

  const scansOf = (plans: Plan[] = []) =>
    plans.filter(
      (plan) => plan["Relation Name"]?.startsWith("user_activity") && / Scan$/.test(plan["Node Type"]),
    );
  const executed = (plans: Plan[] = []) =>
    scansOf(plans).filter((plan) => plan["Actual Loops"] > 0 && plan["Node Type"] !== "Seq Scan");
  const blocks = ([top]: Plan[] = []) =>
    (top?.["Shared Hit Blocks"] ?? 0) + (top?.["Shared Read Blocks"] ?? 0);
  const sequential = (plans: Plan[] = []) =>
    // Of an empty month, the one page that there isn't.
    scansOf(plans).filter(
      (plan) => plan["Node Type"] === "Seq Scan" && plan["Actual Loops"] > 0 && blocks([plan]) > 0,
    );

  await client.query("begin");
  const all = { userId: "player-42", from: null, to: null, after: null };
  await listHistory(explaining, { ...all, limit: 51 });
  await listHistory(explaining, { ...all, from: "2025-03-05", to: "2025-04-20", limit: 51 });
  await listHistory(explaining, { ...all, limit: 1_000 });
  await eraseActivity(explaining, "player-42");
  await client.query("rollback");
  const [page, range, exported, lockRows, deleteRows] = explained;

  for (const plans of [page, range, exported, lockRows, deleteRows]) expect(sequential(plans)).toEqual([]);
  // Newest first, and ten rows a month: six of the months with rows. This one and, at its end, the next are empty; later ones are not opened.
  expect(executed(page).length).toBeLessThanOrEqual(6 + 2);
  expect(executed(range)).toHaveLength(2);
  for (const plans of [exported, lockRows, deleteRows]) {
    expect(executed(plans).length).toBeLessThanOrEqual(partitions);
    // Three levels of an index a month, and a page per row.
    expect(blocks(plans)).toBeLessThan(partitions * 6 + 4 * 240);
  }
}, 120_000);

it("plans a user's pages once for all values, and opens only the months that the values' days allow", async () => {
  const client = await twoYears();
  const range = { from: "2025-03-05", to: "2025-04-20", limit: 51 };
  const afterRow = { event_date: "2024-02-03", platform: "IOS" } as const;
  for (let n = 0; n < 20; n++) {
    const all = { userId: `player-${n}`, from: null, to: null, limit: 51 };
    await listHistory(client, { ...all, ...range, after: null });
    await listHistory(client, { ...all, after: null });
    const rows = await listHistory(client, { ...all, after: afterRow });
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ event_date }) => event_date < afterRow.event_date)).toBe(true);
  }
  const { rows: statements } = await client.query(
    "select name, custom_plans::int, generic_plans::int from pg_prepared_statements order by name",
  );
  // PostgreSQL makes five plans for values before it compares them with one for all.
  expect(statements).toEqual(
    ["list-history", "list-history-after", "list-history-from"].map((name) => ({
      name,
      custom_plans: 5,
      generic_plans: 15,
    })),
  );

  const monthsOf = async (execute: string): Promise<string[]> => {
    const { rows } = await client.query(`explain (format json) execute ${execute}`);
    const names = flatten(rows[0]["QUERY PLAN"][0].Plan).flatMap((plan) => plan["Relation Name"] ?? []);
    return names.toSorted();
  };
  expect(await monthsOf(`"list-history-from" ('player-1', '2025-04-20', 51, '2025-03-05')`)).toEqual([
    "user_activity_2025_03",
    "user_activity_2025_04",
  ]);
  expect(await monthsOf(`"list-history-after" ('player-1', '2024-02-03', 51, '2024-02-03', 'IOS')`)).toEqual([
    "user_activity_2024_01",
    "user_activity_2024_02",
    "user_activity_older",
  ]);
}, 120_000);
