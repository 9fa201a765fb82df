import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { flatten, type Plan, pagesOf } from "@clan-platform/scripts/testkit/explain-call.ts";
import { expect, it } from "vitest";
import type { Statement } from "../database/database.ts";
import { listHistory } from "./repository.ts";
import { createStagingTable, stagingTable, upsertStaged } from "./upsert.ts";

it("among 1,000,000 rows, a user's history and a day's export each read only what they need", async () => {
  const { adminUrl } = await createTestDatabase();
  const client = await connect(adminUrl);
  // One bulk delivery of 30 days in no order, as a late export is; each of 40,000 users plays on most of the days.
  await client.query("begin");
  await createStagingTable(client);
  await client.query(
    `insert into ${stagingTable}
     select 'player-' || (n * 7919 + day * 13) % 40000, date '2024-03-01' + day, (array['ANDROID', 'IOS'])[1 + n % 2],
            '2024-02-01', 'TR', 1, 1, 1, 1, 1, 0, 0, 0, 0, day * 33334 + n
     from generate_series(0, 29) day, generate_series(0, 33333) n
     order by hashint4(day * 33334 + n)`,
  );
  await upsertStaged(client, 1_000_020, 240_000);
  await client.query("commit");
  const { rows: filled } = await client.query("select count(*)::int as rows from user_activity");
  expect(filled[0].rows).toBeGreaterThanOrEqual(1_000_000);
  await client.query("vacuum analyze user_activity");

  const explain = async (text: string, values: unknown[] = []): Promise<Plan[]> => {
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
    return flatten(rows[0]["QUERY PLAN"][0].Plan);
  };
  const blocks = ([top]: Plan[]) => (top ? pagesOf(top) : Number.NaN);
  const removed = (plans: Plan[]) =>
    plans.reduce(
      (sum, plan) =>
        sum + (plan["Rows Removed by Filter"] ?? 0) + (plan["Rows Removed by Index Recheck"] ?? 0),
      0,
    );

  // The query that the route runs, with its own text and values.
  const asked: Statement[] = [];
  const recorder = {
    query: (statement: Statement) => {
      asked.push(statement);
      return { rows: [] };
    },
  };
  const range = { userId: "player-42", from: "2024-03-05", to: "2024-03-20", after: null, limit: 51 };
  await listHistory(recorder as never, range);
  const history = await explain(asked[0]?.text ?? "", asked[0]?.values);
  expect(history.map((plan) => plan["Index Name"])).toContain("user_activity_older_pkey");
  expect(history.some((plan) => plan["Node Type"] === "Seq Scan")).toBe(false);
  expect([removed(history), history[0]?.["Actual Rows"]]).toEqual([0, expect.any(Number)]);
  expect(history[0]?.["Actual Rows"]).toBeGreaterThan(10);
  // Each row is on a page of its own at worst, under a few levels of the index.
  expect(blocks(history)).toBeLessThan((history[0]?.["Actual Rows"] ?? 0) + 10);

  const day = await explain("select * from user_activity where event_date = $1", ["2024-03-10"]);
  expect(day.map((plan) => plan["Index Name"])).toContain("user_activity_older_by_day");
  expect(day.some((plan) => plan["Node Type"] === "Seq Scan")).toBe(false);
  expect(removed(day)).toBe(0);
  const { rows: size } = await client.query(
    "select pg_relation_size('user_activity_older') / 8192 as blocks",
  );
  expect(blocks(day)).toBeLessThan(size[0].blocks / 20);
}, 300_000);
