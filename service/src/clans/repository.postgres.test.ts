import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import type pg from "pg";
import { expect, it } from "vitest";
import type { Queryable } from "../database/database.ts";
import { listClans, searchClans } from "./repository.ts";

const lastSeen = { created_at: "2024-05-11T00:00:00.000000Z", id: "01a2088a-10e3-7d9b-a235-835b1aebf9e5" };

it("reads only what it needs of many clans: an index serves search, lists and every later page", async () => {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query(
    `insert into clans (name, region, created_at)
     select md5(n::text), case n % 100 when 0 then 'TR' else 'EU' end, timestamptz '2024-01-01' + n * interval '1 minute'
     from generate_series(1, 30000) n`,
  );
  await admin.query("vacuum analyze clans");

  const search = { name: "needle", limit: 51 };
  expect(await plan(admin, (db) => searchClans(db, { ...search, after: null }))).toContain(
    "clans_name_search",
  );
  expect(await plan(admin, (db) => searchClans(db, { ...search, after: lastSeen }))).toContain(
    "clans_name_search",
  );
  expect(await plan(admin, (db) => listClans(db, { region: null, after: lastSeen, limit: 51 }))).toMatch(
    /Index Scan using clans_newest on clans[\s\S]*Index Cond: \(ROW\(created_at, id\) </,
  );
  expect(await plan(admin, (db) => listClans(db, { region: "TR", after: lastSeen, limit: 51 }))).toMatch(
    /Index Scan using clans_newest_in_region on clans[\s\S]*Index Cond: \(\(region = 'TR'::text\) AND \(ROW/,
  );
});

/** How PostgreSQL would run the query that `ask` sends. */
async function plan(admin: pg.Client, ask: (database: Queryable) => Promise<unknown>): Promise<string> {
  let lines: { "QUERY PLAN": string }[] = [];
  const explain = async (sql: string, values: unknown[]) => {
    lines = (await admin.query(`explain ${sql}`, values)).rows;
    return { rows: [] };
  };
  await ask({ query: explain } as unknown as Queryable);
  return lines.map((line) => line["QUERY PLAN"]).join("\n");
}
