import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, createTestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase } from "../database/create-database.ts";
import type { Queryable } from "../database/database.ts";
import { createPool } from "../database/pool.ts";
import { readBoundedPage } from "../http/pages.ts";
import type { ClanRow } from "./repository.ts";
import { PageCursor } from "./schemas.ts";
import { createSearch } from "./search.ts";
import { type SearchBounds, searchBounds } from "./search-bounds.ts";
import { searchByGrams } from "./search-by-grams.ts";

// Few of them, so that texts repeat: letters that fold to others, to several, or together; what LIKE and regular expressions take for
// more than itself; characters of one to four bytes.
const characters = [..."abAB sSßẞ%_\\!.1σςΣİıﬁ龍🦉🦊\u0331HhẖéÉ"];
const text = (minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom(...characters), { minLength, maxLength })
    .map((list) => list.join("").trim().normalize("NFC"))
    .filter((text) => [...text].length >= minLength);
const anyBounds = fc.record({
  indexEntries: fc.constantFrom(-1, 20, 1_000_000),
  candidates: fc.constantFrom(0, 3, 20, 1_000_000),
  walked: fc.constantFrom(7, 50, 200, 1_000_000),
  timeoutMs: fc.constant(60_000),
});

it("finds what a comparison with every name finds, in the same order, over all pages, whatever the bounds", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const [admin, database] = [await connect(adminUrl), await connect(serviceUrl)];
  const names = fc.sample(text(1, 12), { numRuns: 500, seed: 7 });
  // Several share a time, and their order in the table is another one.
  await admin.query(
    `insert into clans (name, created_at)
     select name, timestamptz '2024-01-01' + (hashtext(name) % 50) * interval '1 hour'
     from unnest($1::text[]) as name
     on conflict do nothing`,
    [names],
  );
  await admin.query("vacuum analyze clans");
  const pieceOfName = fc
    .tuple(fc.constantFrom(...names), fc.nat(8), fc.integer({ min: 3, max: 5 }), fc.boolean())
    .map(([name, from, length, isUpper]) => {
      const piece = [...name]
        .slice(from, from + length)
        .join("")
        .trim();
      return (isUpper ? piece.toUpperCase() : piece).normalize("NFC");
    })
    .filter((piece) => [...piece].length >= 3);

  const seen = { found: 0, empty: 0, short: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(pieceOfName, text(3, 5)),
      fc.constantFrom(1, 3, 50),
      anyBounds,
      async (name, pageSize, bounds) => {
        const { rows } = await admin.query(
          `select name from clans
           where position(normalize(casefold($1 collate "pg_unicode_fast"), nfc) in name_key) > 0
           order by created_at desc, id desc`,
          [name],
        );
        const pages = await allPages(database, name, pageSize, bounds);
        expect(pages.flat()).toEqual(rows.map(({ name }) => name));
        seen.found += rows.length;
        seen.empty += pages.slice(0, -1).filter((page) => page.length === 0).length;
        seen.short += pages.slice(0, -1).filter((page) => 0 < page.length && page.length < pageSize).length;
      },
    ),
    { numRuns: 100 },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(5);
});

/** The names on each page of a search. */
async function allPages(
  database: Queryable,
  name: string,
  page_size: number,
  bounds: SearchBounds,
): Promise<string[][]> {
  const search = createSearch(database, bounds);
  const pages: string[][] = [];
  let page_token: string | undefined;
  do {
    const { rows, next_page_token } = await readBoundedPage(
      { page_size, page_token, queryFingerprint: name, cursor: PageCursor },
      ({ created_at, id }: ClanRow) => ({ created_at, id }),
      (range) => search({ name, ...range }),
    );
    pages.push(rows.map((clan) => clan.name));
    page_token = next_page_token ?? undefined;
  } while (page_token);
  return pages;
}

it("finds a text that folding makes shorter than the index knows", async () => {
  const { app } = await startTestApp();
  await post(app, "/clans", { name: "The \u1e96ab" });
  // The upper-case letter has no composed form with this mark; the lower-case one is a single character.
  const { body } = await get(app, `/clans/search?name=${encodeURIComponent("H\u0331a")}`);
  expect(body.clans).toMatchObject([{ name: "The \u1e96ab" }]);
});

it("gives an empty page with a token when only old clans have characters that many have, and finds them further on", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  const old = searchBounds.indexEntries * 2;
  const fresh = searchBounds.walked + 1;
  await admin.query(
    `insert into clans (name, created_at)
     select case when n <= $1 then 'old ' else 'new ' end || n, timestamptz '2024-01-01' + n * interval '1 second'
     from generate_series(1, $1::int + $2) n`,
    [old, fresh],
  );
  await admin.query("analyze clans");

  const first = await get(app, "/clans/search?name=old&page_size=1000");
  expect(first).toMatchObject({ status: 200, body: { clans: [], next_page_token: expect.any(String) } });
  const second = await get(
    app,
    `/clans/search?name=old&page_size=1000&page_token=${first.body.next_page_token}`,
  );
  expect(second.body.clans).toHaveLength(1_000);
  expect(second.body.clans[0].name).toBe(`old ${old}`);
  // Few have these: the index finds them at once, far beyond the bound of the walk.
  const { body } = await get(app, "/clans/search?name=old%201234");
  expect(body.clans.at(-1).name).toBe("old 1234");
  expect(body.next_page_token).toBeNull();
});

it("knows the frequent grams of an analysed table, and none of a small one; of a large one nothing before", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const [admin, service] = [await connect(adminUrl), await connect(serviceUrl)];
  const gramsOf = async (part: string) =>
    (await admin.query("select clan_name_grams($1) as grams", [part])).rows[0].grams;
  const frequent = async () =>
    (await service.query("select frequent_clan_name_grams(1000) as grams")).rows[0].grams;
  await admin.query("alter table clans set (autovacuum_enabled = off)");
  expect(await frequent()).toEqual([]);
  await admin.query(
    `insert into clans (name) select case n % 10 when 0 then 'tenth' else 'other' end || ' ' || n from generate_series(1, 20000) n`,
  );
  expect(await frequent()).toBeNull();
  await admin.query("analyze clans");
  const [tenth, the, number] = [await gramsOf("tenth"), await gramsOf("the"), await gramsOf("1234")];
  expect(await frequent()).toEqual(expect.arrayContaining([...tenth, ...the]));
  for (const gram of number) expect(await frequent()).not.toContain(gram);

  // The index is not asked for a text that has none but frequent ones, and is for one more that is not.
  const find = (name: string, frequentGrams: string, candidates = 100_000) => {
    const bounds = { candidates, timeoutMs: 60_000 };
    return searchByGrams(service, { name, after: null, limit: 10 }, frequentGrams, bounds);
  };
  expect(await find("tenth", `{${tenth}}`)).toBeNull();
  expect(await find("tenth", "{}")).toHaveLength(10);
  expect(await find("tenth 1234", `{${tenth}}`)).toMatchObject([{ name: "tenth 12340" }]);
  // Two thousand clans have the others; it is asked again for all when these are too many.
  expect(await find("tenth 1234", `{${number}}`, 100)).toMatchObject([{ name: "tenth 12340" }]);
  expect(await find("tenth", `{${number}}`, 100)).toBeNull();
});

it("makes a number of its own of every three characters, symbols and emoji included", async () => {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  const gram = (text: string) =>
    [...text].reduce((sum, letter) => (sum << 21n) + BigInt(letter.codePointAt(0) ?? 0), 0n).toString();
  for (const [text, grams] of [
    ["a🦉!龍\u{10ffff}", ["a🦉!", "🦉!龍", "!龍\u{10ffff}"]],
    ["%%%%", ["%%%", "%%%"]],
    ["\u{10ffff}\u{10ffff}\u{10ffff}", ["\u{10ffff}\u{10ffff}\u{10ffff}"]],
    ["ab", []],
    ["", []],
  ] as const) {
    const { rows } = await admin.query("select clan_name_grams($1) as grams", [text]);
    expect(rows[0].grams).toEqual(grams.map(gram));
  }
});

it("walks when the index takes too long, and PostgreSQL stops what was taking so long", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query("insert into clans (name) values ('Night Owls')");
  await admin.query(
    `create or replace function clan_name_grams(name_key text) returns bigint[] language plpgsql immutable as
       'begin perform pg_sleep(600); return null; end'`,
  );
  const limits = { CONNECT_TIMEOUT_MS: 5_000, LOCK_TIMEOUT_MS: 30_000, STATEMENT_TIMEOUT_MS: 60_000 };
  const pool = createPool({ ...limits, DATABASE_URL: serviceUrl, POOL_MAX: 2 }, () => {});
  onTestFinished(() => pool.end());
  const database = createDatabase(pool, { maxConcurrency: 2, connectTimeoutMs: 5_000 });
  const bounds = { ...searchBounds, timeoutMs: 300 };
  const startedAt = performance.now();
  const { rows } = await createSearch(database, bounds)({ name: "owl", after: null, limit: 10 });
  expect(rows).toMatchObject([{ name: "Night Owls" }]);
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  const running = async () => {
    const { rows } = await admin.query(
      "select from pg_stat_activity where datname = current_database() and state = 'active' and wait_event = 'PgSleep'",
    );
    return rows.length;
  };
  await expect.poll(running).toBe(0);
});

it("leaves connections to others: too many searches at once get 503, and are served later", async () => {
  const { app, database } = await startTestApp({ POOL_MAX: "4", LOCK_TIMEOUT_MS: "7000" });
  const admin = await connect(database.adminUrl);
  await post(app, "/clans", { name: "Night Owls" });
  await admin.query("begin; lock table clans in access exclusive mode");
  const first = search(app);
  await expect.poll(() => waitingForLock(admin)).toHaveLength(1);
  const { status, headers, body } = await search(app);
  expect([status, body.reason, headers["retry-after"]]).toEqual([503, "TOO_MANY_SEARCHES", "2"]);
  expect(await waitingForLock(admin)).toHaveLength(1);
  expect((await get(app, "/user-activity?user_id=nobody")).status).toBe(200);
  await admin.query("rollback");
  await first;
  expect((await search(app)).body.clans).toMatchObject([{ name: "Night Owls" }]);
});

const search = (app: FastifyInstance) => get(app, "/clans/search?name=owl");
