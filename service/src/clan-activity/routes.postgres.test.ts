import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it, vi } from "vitest";
import { parseConfig } from "../config.ts";
import { createDatabase } from "../database/create-database.ts";
import { createPool } from "../database/pool.ts";
import { dayAfter, today } from "./days.ts";
import { readLeaderboard } from "./leaderboard.ts";
import { refreshLeaderboard } from "./refresh-leaderboard.ts";
import type { Leaderboard, LeaderboardQuery } from "./schemas.ts";

const lineOf = ({ rank, name, matches_ended, victories }: Leaderboard["clans"][number]) =>
  [rank, name, matches_ended, victories].join(" ");

async function start(environment: NodeJS.ProcessEnv = {}) {
  const { app, database } = await startTestApp(environment);
  const admin = await connect(database.adminUrl);
  const config = parseConfig({ DATABASE_URL: database.serviceUrl });
  const pool = createPool(config, () => {});
  const own = createDatabase(pool, { maxConcurrency: 2, connectTimeoutMs: 5_000 });
  let delivery = 0;
  return {
    app,
    admin,
    pool,
    own,
    create: async (name: string, region: string | null = null): Promise<string> =>
      (await post(app, "/clans", { name, region })).body.id,
    join: (clan: string, user: string) =>
      app.inject({ method: "PUT", url: `/clans/${clan}/members/${user}` }),
    leave: (clan: string, user: string) =>
      app.inject({ method: "DELETE", url: `/clans/${clan}/members/${user}` }),
    /** Ended matches and victories of a user on a day. */
    play: (user_id: string, event_date: string, ended: number, won: number, others: object = {}) =>
      post(
        app,
        "/user-activity",
        {
          rows: [
            activity({
              ...{
                user_id,
                event_date,
                match_start_count: ended,
                match_end_count: ended,
                victory_count: won,
              },
              ...{ defeat_count: ended - won, ...others },
            }),
          ],
        },
        { "idempotency-key": `delivery-${delivery++}` },
      ),
    /** A refresh, as if the last had been long ago. */
    refresh: async () => {
      await admin.query("update leaderboard_refresh set refreshed_at = refreshed_at - interval '1 minute'");
      return refreshLeaderboard(own);
    },
    board: async (query = "") => {
      const { status, body } = await get(app, `/clans/leaderboard${query}`);
      expect([query, status]).toEqual([query, 200]);
      return body.clans.map(lineOf);
    },
    /** The same, without the request that may begin another refresh. */
    stored: async (query: Partial<LeaderboardQuery> = {}) =>
      (await readLeaderboard(own, { days: 7, by: "victories", limit: 50, ...query })).clans.map(lineOf),
  };
}

it("has the matches of a clan's members by day and by member, of the last week unless days are asked", async () => {
  const { app, create, join, play, pool } = await start();
  const owls = await create("Night Owls");
  for (const user of ["ann", "bob", "zoe"]) await join(owls, user);
  await play("ann", today(), 5, 3);
  await play("ann", today(), 2, 1, { platform: "IOS" });
  await play("bob", today(), 4, 4);
  await play("stranger", today(), 9, 9);
  const { status, body, headers } = await get(app, `/clans/${owls}/activity`);
  expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
  expect(body).toEqual({
    ...{ clan_id: owls, from: dayAfter(today(), -6), to: today() },
    days: [{ event_date: today(), active_members: 2, matches_started: 11, matches_ended: 11, victories: 8 }],
    members: [
      { user_id: "ann", active_days: 1, matches_started: 7, matches_ended: 7, victories: 4 },
      { user_id: "bob", active_days: 1, matches_started: 4, matches_ended: 4, victories: 4 },
    ],
  });
  expect((await get(app, `/clans/${owls}/activity?from=2026-01-01&to=2026-01-31`)).body.days).toEqual([]);
  await pool.end();
});

it("counts a player for the clan that they are in at the end of the day, and whom a day is asked after they left", async () => {
  const { app, admin, create, join, leave, play, pool } = await start();
  const [owls, bears] = [await create("Night Owls"), await create("Bears")];
  await join(owls, "ann");
  await leave(owls, "ann");
  await join(bears, "ann");
  await play("ann", today(), 5, 3);
  // Three days ago, she was an owl for a day and a night.
  await admin.query(
    `insert into clan_membership_periods (user_id, clan_id, joined_at, left_at, left_reason)
     values ('ann', $1, now() - interval '3 days', now() - interval '2 days', 'left')`,
    [owls],
  );
  await play("ann", dayAfter(today(), -3), 2, 1);
  await play("ann", dayAfter(today(), -2), 7, 7);
  const of = async (clan: string) =>
    (await get(app, `/clans/${clan}/activity`)).body.days.map(
      ({ event_date, matches_ended }: Record<string, unknown>) => [event_date, matches_ended],
    );
  expect(await of(owls)).toEqual([[dayAfter(today(), -3), 2]]);
  expect(await of(bears)).toEqual([[today(), 5]]);
  await app.inject({ method: "DELETE", url: "/users/ann" });
  expect([await of(owls), await of(bears)]).toEqual([[], []]);
  await pool.end();
});

it.each([
  ["from=2026-02-02&to=2026-02-01", 400],
  ["from=2026-01-01&to=2026-02-01", 400],
  ["from=2026-01-02&to=2026-02-01", 404],
  ["from=yesterday", 400],
  ["days=7", 400],
])("answers activity?%s of no clan with %i", async (query, expected) => {
  const { app, pool } = await start();
  const { status, body } = await get(app, `/clans/2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55/activity?${query}`);
  expect([status, body.reason]).toEqual([
    expected,
    expected === 404 ? "CLAN_NOT_FOUND" : "VALIDATION_FAILED",
  ]);
  await pool.end();
});

it.each(["0001-01-01", "0001-01-06", "9999-12-31"])(
  "has the week that ends on %s, also where the calendar ends",
  async (to) => {
    const { app, create, pool } = await start();
    const { status, body } = await get(app, `/clans/${await create("Night Owls")}/activity?to=${to}`);
    expect([status, body.days]).toEqual([200, []]);
    await pool.end();
  },
);

it("caps sums that no integer holds, and goes on with the scores of other clans", async () => {
  const { app, create, join, play, refresh, stored, pool } = await start();
  const [owls, bears] = [await create("Night Owls"), await create("Bears")];
  const most = 2 ** 31 - 1;
  for (const user of ["ann", "bob"]) {
    await join(owls, user);
    await play(user, today(), most, most);
    await play(user, today(), most, 1, { platform: "IOS" });
  }
  const { days, members } = (await get(app, `/clans/${owls}/activity`)).body;
  const sums = { matches_started: most, matches_ended: most, victories: most };
  expect(days).toEqual([{ event_date: today(), active_members: 2, ...sums }]);
  expect(members[1]).toMatchObject({ matches_ended: most, victories: most });
  await refresh();
  await join(bears, "cem");
  await play("cem", today(), 5, 3);
  await play("ann", dayAfter(today(), 1), most, most);
  await refresh();
  expect(await stored()).toEqual([`1 Night Owls ${most} ${most}`, "2 Bears 5 3"]);
  await pool.end();
});

it("is for those with a key or a player's token; the leaderboard is for anyone", async () => {
  const { app, pool } = await start({ API_KEYS: "a".repeat(64) });
  const clan = "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55";
  expect((await get(app, `/clans/${clan}/activity`)).status).toBe(401);
  expect((await get(app, "/clans/leaderboard")).status).toBe(200);
  await pool.end();
});

it("ranks clans by victories or matches, of a region, of some days; as of the last refresh", async () => {
  const { app, create, join, play, refresh, board, pool } = await start();
  expect((await get(app, "/clans/leaderboard")).body).toMatchObject({ days: 7, clans: [] });
  const owls = await create("Night Owls", "EU");
  const bears = await create("Bears", "EU");
  const wolves = await create("Wolves");
  await create("Empty");
  for (const [clan, user] of [
    [owls, "ann"],
    [bears, "bob"],
    [wolves, "cem"],
  ] as const)
    await join(clan, user);
  await play("ann", today(), 5, 3);
  await play("bob", today(), 9, 3);
  await play("cem", today(), 2, 2);
  await play("dee", today(), 99, 99);
  // The request above began a refresh in the background, which may still run.
  await vi.waitFor(async () => expect(await refresh()).toBe(true), { timeout: 30_000 });
  expect(await board()).toEqual(["1 Night Owls 5 3", "1 Bears 9 3", "3 Wolves 2 2"]);
  expect(await board("?by=matches")).toEqual(["1 Bears 9 3", "2 Night Owls 5 3", "3 Wolves 2 2"]);
  expect(await board("?region=EU&by=matches&limit=1")).toEqual(["1 Bears 9 3"]);
  expect(await board("?days=1")).toHaveLength(3);
  const { as_of } = (await get(app, "/clans/leaderboard")).body;
  expect(Date.now() - Date.parse(as_of)).toBeLessThan(60_000);
  await pool.end();
});

it("follows late and corrected days, members who move, erasures, regions and deletions, as a new sum would", async () => {
  const { app, admin, create, join, leave, play, refresh, stored, pool } = await start();
  const [owls, bears] = [await create("Night Owls"), await create("Bears")];
  for (const user of ["ann", "bob"]) await join(owls, user);
  await admin.query("update clan_membership_periods set joined_at = now() - interval '20 days'");
  const expectBoards = async (...boards: string[][]) => {
    await refresh();
    const found = [await stored({ days: 1 }), await stored({ days: 7 }), await stored({ days: 30 })];
    expect(found).toEqual(boards);
    await admin.query(
      "truncate clan_days, clan_scores; update leaderboard_refresh set refreshed_at = null, changes_to = null",
    );
    await refresh();
    expect([await stored({ days: 1 }), await stored({ days: 7 }), await stored({ days: 30 })]).toEqual(found);
  };
  await play("ann", today(), 5, 3);
  await play("bob", dayAfter(today(), -10), 4, 4);
  await expectBoards(["1 Night Owls 5 3"], ["1 Night Owls 5 3"], ["1 Night Owls 9 7"]);
  await play("ann", dayAfter(today(), -2), 2, 0);
  await play("ann", today(), 6, 1);
  await expectBoards(["1 Night Owls 6 1"], ["1 Night Owls 8 1"], ["1 Night Owls 12 5"]);
  await leave(owls, "ann");
  await join(bears, "ann");
  await expectBoards(
    ["1 Bears 6 1"],
    ["1 Bears 6 1", "2 Night Owls 2 0"],
    ["1 Night Owls 6 4", "2 Bears 6 1"],
  );
  await app.inject({ method: "DELETE", url: "/users/ann" });
  await expectBoards([], [], ["1 Night Owls 4 4"]);
  await app.inject({ method: "PATCH", url: `/clans/${owls}`, payload: { region: "EU" } });
  await refresh();
  expect(await stored({ days: 30, region: "EU" })).toEqual(["1 Night Owls 4 4"]);
  await app.inject({ method: "DELETE", url: `/clans/${owls}` });
  expect(await stored({ days: 30 })).toEqual([]);
  await refresh();
  const { rows } = await admin.query(
    "select clan_id from clan_days union all select clan_id from clan_scores",
  );
  expect(rows.filter(({ clan_id }) => clan_id === owls)).toEqual([]);
  await pool.end();
});

it("answers the regions that it filters by, and counts no deleted clan, until the next refresh", async () => {
  const { app, own, create, join, play, refresh, pool } = await start();
  const [owls, bears, wolves] = [
    await create("Owls", "EU"),
    await create("Bears", "EU"),
    await create("Wolves"),
  ];
  for (const [clan, user, won] of [
    [owls, "ann", 3],
    [bears, "bob", 2],
    [wolves, "cem", 1],
  ] as const) {
    await join(clan, user);
    await play(user, today(), 3, won);
  }
  await refresh();
  const ranked = async (query: Partial<LeaderboardQuery>) => {
    const { clans } = await readLeaderboard(own, { days: 7, by: "victories", limit: 50, ...query });
    return clans.map(({ rank, name, region }) => `${rank} ${name} ${region}`);
  };
  await app.inject({ method: "PATCH", url: `/clans/${bears}`, payload: { region: "JP" } });
  expect(await ranked({ region: "EU" })).toEqual(["1 Owls EU", "2 Bears EU"]);
  expect(await ranked({ region: "JP" })).toEqual([]);
  await app.inject({ method: "DELETE", url: `/clans/${owls}` });
  expect(await ranked({ limit: 1 })).toEqual(["1 Bears EU"]);
  expect(await ranked({ region: "EU", limit: 1 })).toEqual(["1 Bears EU"]);
  await refresh();
  expect(await ranked({ limit: 2 })).toEqual(["1 Bears JP", "2 Wolves null"]);
  await pool.end();
});

it("moves on when a day ends, without a change", async () => {
  const { admin, create, join, play, refresh, stored, pool } = await start();
  const owls = await create("Night Owls");
  await join(owls, "ann");
  await play("ann", today(), 5, 3);
  await refresh();
  // As if all of it had been a week ago.
  await admin.query(
    "update clan_days set event_date = event_date - 7; update leaderboard_refresh set refreshed_at = refreshed_at - interval '7 days'",
  );
  await admin.query("update leaderboard_refresh set changes_to = now() + interval '1 hour'");
  await refresh();
  expect([await stored({ days: 1 }), await stored({ days: 7 }), await stored({ days: 30 })]).toEqual([
    [],
    [],
    ["1 Night Owls 5 3"],
  ]);
  await pool.end();
});

it("sums everything again when PostgreSQL's clock was set back", async () => {
  const { admin, own, create, join, play, refresh, stored, pool } = await start();
  const [owls, bears] = [await create("Night Owls"), await create("Bears")];
  await join(owls, "ann");
  await join(bears, "bob");
  await play("ann", today(), 5, 3);
  await play("ann", dayAfter(today(), -1), 9, 9);
  await refresh();
  // As if the last refresh had been in a year, of other days.
  await admin.query(
    `update clan_days set event_date = event_date + 365, victories = 1;
     delete from clan_scores;
     update leaderboard_refresh
     set refreshed_at = refreshed_at + interval '1 year', changes_to = changes_to + interval '1 year'`,
  );
  await play("bob", today(), 4, 2);
  expect(await refreshLeaderboard(own)).toBe(true);
  expect(await stored()).toEqual(["1 Night Owls 5 3", "2 Bears 4 2"]);
  expect(await refreshLeaderboard(own)).toBe(false);
  await pool.end();
});

it("is refreshed by one at a time, and not again within a minute", async () => {
  const { admin, own, pool, refresh } = await start();
  expect(await Promise.all([refreshLeaderboard(own), refreshLeaderboard(own)])).toEqual(
    expect.arrayContaining([false]),
  );
  expect(await refreshLeaderboard(own)).toBe(false);
  await admin.query("begin; select pg_advisory_xact_lock(7205759403792795)");
  expect(await refresh()).toBe(false);
  await admin.query("rollback");
  expect(await refresh()).toBe(true);
  await pool.end();
});

it("lets clans be deleted while a refresh runs", async () => {
  const { app, admin, create, join, play, refresh, stored, pool } = await start();
  const owls = await create("Night Owls");
  await join(owls, "ann");
  await play("ann", today(), 5, 3);
  await refresh();
  // What a refresh holds until it ends.
  await admin.query("begin; update clan_days set victories = 4; update clan_scores set victories = 4");
  await admin.query("insert into clan_days select clan_id, event_date - 1, 1, 1 from clan_days");
  expect((await app.inject({ method: "DELETE", url: `/clans/${owls}` })).statusCode).toBe(204);
  await admin.query("commit");
  expect(await stored()).toEqual([]);
  await pool.end();
});
