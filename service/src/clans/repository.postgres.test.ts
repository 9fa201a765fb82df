import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { withoutIndexOfNames } from "@clan-platform/scripts/testkit/without-index-of-names.ts";
import type pg from "pg";
import { expect, it } from "vitest";
import type { Queryable, Statement } from "../database/database.ts";
import { listClans } from "./repository.ts";
import { searchBounds } from "./search-bounds.ts";
import { searchByGrams } from "./search-by-grams.ts";
import { walkClans } from "./walk-clans.ts";

const lastSeen = { created_at: "2024-05-11T00:00:00.000000Z", id: "01a2088a-10e3-7d9b-a235-835b1aebf9e5" };

it("reads only what it needs of many clans: an index serves lists and every later page", async () => {
  const admin = await manyClans(30_000, "n");
  await admin.query("vacuum analyze clans");
  expect(await plan(admin, (db) => listClans(db, { region: null, after: lastSeen, limit: 51 }))).toMatch(
    /Index Scan using clans_newest on clans[\s\S]*Index Cond: \(ROW\(created_at, id\) </,
  );
  expect(await plan(admin, (db) => listClans(db, { region: "TR", after: lastSeen, limit: 51 }))).toMatch(
    /Index Scan using clans_newest_in_region on clans[\s\S]*Index Cond: \(\(region = 'TR'::text\) AND \(ROW/,
  );
});

// Clans that are not stored in the order of their time make an index scan look expensive.
it.each([
  ["in the order of their time", "n"],
  ["in no order", "hashint4(n) % 100000"],
])("a search has one plan, whatever its text, among clans stored %s, analysed or not", async (_, minute) => {
  const admin = await manyClans(100_000, minute);
  await expectSearchPlans(admin);
  await admin.query("vacuum analyze clans");
  await expectSearchPlans(admin);
});

async function expectSearchPlans(admin: pg.Client): Promise<void> {
  for (const name of ["needle", "!!!", "e".repeat(64)]) {
    for (const after of [null, lastSeen]) {
      const range = { name, after, limit: 51 };
      const byGrams = await plan(admin, (db) => searchByGrams(db, range, "{}", searchBounds));
      expect(byGrams).toMatch(/Bitmap Index Scan on clans_name_grams/);
      expect(byGrams).not.toMatch(/Seq Scan on|clans_newest/);
      const walk = await plan(admin, (db) => walkClans(db, range, searchBounds));
      expect(walk).toMatch(
        /Index Scan using clans_newest on clans[^\n]*\n *Index Cond: \(ROW\(created_at, id\) </,
      );
      // But for the page, at the end.
      expect(walk).not.toMatch(/Seq Scan on|-> +Sort|clans_name_grams/);
    }
  }
}

/** So many clans that were never analysed, each created in the minute that an expression of n says. */
async function manyClans(count: number, minute: string): Promise<pg.Client> {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query("alter table clans set (autovacuum_enabled = off)");
  await withoutIndexOfNames(admin, () =>
    admin.query(
      `insert into clans (name, region, created_at)
     select left(md5(n::text), 12), case n % 100 when 0 then 'TR' else 'EU' end,
            timestamptz '2024-01-01' + (${minute}) * interval '1 minute'
     from generate_series(1, $1::int) n
     on conflict do nothing`,
      [count],
    ),
  );
  // Building the index has counted the rows.
  await admin.query("update pg_class set reltuples = -1, relpages = 0 where oid = 'clans'::regclass");
  return admin;
}

/** How PostgreSQL would run the query that `ask` sends. */
async function plan(admin: pg.Client, ask: (database: Queryable) => Promise<unknown>): Promise<string> {
  let lines: { "QUERY PLAN": string }[] = [];
  const explain = async (statement: string | Statement, values?: unknown[]) => {
    const { text, values: parameters } =
      typeof statement === "string" ? { text: statement, values } : statement;
    lines = (await admin.query(`explain ${text}`, parameters)).rows;
    return { rows: [{ is_complete: true, id: null }] };
  };
  await ask({ query: explain } as unknown as Queryable);
  return lines.map((line) => line["QUERY PLAN"]).join("\n");
}
