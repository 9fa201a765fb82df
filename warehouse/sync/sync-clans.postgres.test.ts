import { post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it } from "vitest";
import { addDays, today } from "../days.ts";
import { activitySyncsTable, clanMembershipPeriodsTable, clansTable, fullName } from "../tables/table.ts";
import { openInMemory } from "../testing/in-memory.ts";
import { syncActivity } from "./sync-activity.ts";

/** The service, an empty warehouse, and calls of both. */
async function start() {
  const { app, database } = await startTestApp();
  const warehouse = await openInMemory();
  const folder = await temporaryFolder();
  const ends = {
    databaseUrl: database.adminUrl,
    folder,
    openWarehouse: async () => ({ ...warehouse, close: async () => {} }),
  };
  const call = async (method: "PUT" | "DELETE" | "PATCH", url: string, payload?: object) => {
    const response = await app.inject({ method, url, ...(payload && { payload }) });
    expect([method, url, response.statusCode < 300]).toEqual([method, url, true]);
  };
  return {
    admin: await connect(database.adminUrl),
    warehouse,
    sync: () => syncActivity(ends),
    create: async (name: string): Promise<string> => (await post(app, "/clans", { name })).body.id,
    call,
    deliver: (rows: object[], key: string) =>
      post(app, "/user-activity", { rows }, { "idempotency-key": key }),
    clans: () =>
      warehouse.query(
        `select clan_id, cast(valid_from as string) as valid_from, name, region, cast(deleted_date as string) as deleted_date
         from ${fullName(clansTable)} order by clan_id, valid_from`,
      ),
    periods: () =>
      warehouse.query(
        `select user_id, clan_id, left_reason, cast(left_date as string) as left_date
         from ${fullName(clanMembershipPeriodsTable)} order by user_id, joined_at`,
      ),
  };
}

it("copies clans and memberships, then only what changed, and changes nothing twice", async () => {
  const { sync, create, call, clans, periods } = await start();
  const [owls, bears] = [await create("Night Owls"), await create('Bears, "quoted"')];
  await call("PUT", `/clans/${owls}/members/ann`);
  await call("PUT", `/clans/${owls}/members/bob`);
  await call("PUT", `/clans/${bears}/members/cem`);
  expect(await sync()).toMatchObject({ clans: 2, memberships: 3, inserted: 0 });
  expect(await sync()).toMatchObject({ clans: 0, memberships: 0 });
  expect((await clans()).map(({ name }) => name)).toEqual(["Night Owls", 'Bears, "quoted"']);

  await call("DELETE", `/clans/${owls}/members/ann?reason=kicked`);
  await call("PUT", `/clans/${bears}/members/ann`);
  await call("PATCH", `/clans/${owls}`, { name: "Day Owls", region: "EU" });
  await call("DELETE", `/clans/${bears}`);
  // Two of ann, the first of which has ended, and that of cem.
  expect(await sync()).toMatchObject({ clans: 2, memberships: 3 });
  expect(await sync()).toMatchObject({ clans: 0, memberships: 0 });
  const day = today();
  expect(await clans()).toEqual([
    { clan_id: owls, valid_from: day, name: "Day Owls", region: "EU", deleted_date: null },
    { clan_id: bears, valid_from: day, name: 'Bears, "quoted"', region: null, deleted_date: day },
  ]);
  expect(await periods()).toEqual([
    { user_id: "ann", clan_id: owls, left_reason: "kicked", left_date: day },
    { user_id: "ann", clan_id: bears, left_reason: "clan_deleted", left_date: day },
    { user_id: "bob", clan_id: owls, left_reason: null, left_date: null },
    { user_id: "cem", clan_id: bears, left_reason: "clan_deleted", left_date: day },
  ]);
});

it("misses no clan and no membership of after PostgreSQL's clock was set back", async () => {
  const { warehouse, sync, create, call, clans, periods } = await start();
  await sync();
  // As if the clock had been an hour fast until now.
  await warehouse.write({
    sql: `update ${fullName(activitySyncsTable)}
          set synced_to = synced_to + interval 1 hour, clans_synced_to = clans_synced_to + interval 1 hour`,
  });
  await call("PUT", `/clans/${await create("Night Owls")}/members/ann`);
  expect(await sync()).toMatchObject({ clans: 1, memberships: 1 });
  expect([await clans(), await periods()]).toMatchObject([[{ name: "Night Owls" }], [{ user_id: "ann" }]]);
});

it("an erased player's periods are gone, and so is the pseudonym; those after it are there", async () => {
  const { sync, create, call, periods } = await start();
  const owls = await create("Night Owls");
  for (const user of ["ann", "bob"]) await call("PUT", `/clans/${owls}/members/${user}`);
  await sync();
  await call("DELETE", "/users/ann");
  expect(await sync()).toMatchObject({ memberships: 1 });
  expect(await periods()).toMatchObject([{ user_id: "bob" }]);
  await call("PUT", `/clans/${owls}/members/ann`);
  await sync();
  expect(await periods()).toMatchObject([{ user_id: "ann", left_date: null }, { user_id: "bob" }]);
  // Their activity alone is erased: the memberships stay.
  await call("DELETE", "/users/bob/activity");
  expect(await sync()).toMatchObject({ memberships: 0 });
  expect(await periods()).toHaveLength(2);
});

it("a warehouse from before clans were synced gets all of them", async () => {
  const { admin, warehouse, sync, create, call, periods } = await start();
  const owls = await create("Night Owls");
  await call("PUT", `/clans/${owls}/members/ann`);
  await admin.query(
    "update clans set changed_at = now() - interval '1 day', updated_at = now() - interval '1 day'",
  );
  await admin.query("update clan_membership_periods set updated_at = now() - interval '1 day'");
  await warehouse.write({
    sql: `insert into ${fullName(activitySyncsTable)}
      (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted)
      values ('old', current_timestamp, current_timestamp, current_timestamp, 0, 0, 0)`,
  });
  expect(await sync()).toMatchObject({ clans: 1, memberships: 1 });
  expect(await periods()).toMatchObject([{ user_id: "ann" }]);
});

it("a player who joins, plays and leaves is in the metrics of the clan and of members, once", async () => {
  const { warehouse, sync, create, call, deliver } = await start();
  const owls = await create("Night Owls");
  await call("PUT", `/clans/${owls}/members/ann`);
  const row = {
    event_date: today(),
    platform: "IOS",
    install_date: addDays(today(), -3),
    country: "TR",
    match_start_count: 2,
    match_end_count: 2,
    victory_count: 1,
    defeat_count: 1,
    iap_revenue: 4.99,
  };
  const zeros = {
    total_session_count: 1,
    total_session_duration: 60,
    server_connection_error: 0,
    ad_revenue: 0,
  };
  await deliver(
    ["ann", "zoe"].map((user_id) => ({ user_id, ...row, ...zeros })),
    "one",
  );
  // Without the first days of both weeks, the clan's health would not be known.
  await deliver(
    [-6, -13].map((days) => {
      const event_date = addDays(today(), days);
      return { user_id: "zoe", ...row, ...zeros, event_date, install_date: event_date };
    }),
    "two",
  );
  const look = async () => ({
    clans: await warehouse.query(
      "select name, members, active_members, joins, leaves, matches_ended, victories, revenue, health from clan_case_analytics.clan_daily_metrics where event_date = @day",
      { day: today() },
    ),
    split: await warehouse.query(
      "select membership, dau, total_iap_revenue from clan_case_analytics.membership_metrics where event_date = @day order by membership",
      { day: today() },
    ),
  });
  const owlsToday = {
    ...{
      name: "Night Owls",
      members: 1,
      active_members: 1,
      joins: 1,
      leaves: 0,
      matches_ended: 2,
      victories: 1,
    },
    ...{ revenue: "4.99", health: "growing" },
  };
  const both = [
    { membership: "in_clan", dau: 1, total_iap_revenue: "4.99" },
    { membership: "no_clan", dau: 1, total_iap_revenue: "4.99" },
  ];
  for (let time = 0; time < 2; time++) {
    await sync();
    expect(await look()).toEqual({ clans: [owlsToday], split: both });
  }
  await call("DELETE", `/clans/${owls}/members/ann?reason=left`);
  await sync();
  expect(await look()).toEqual({
    clans: [
      {
        ...owlsToday,
        ...{
          members: 0,
          active_members: 0,
          leaves: 1,
          matches_ended: 0,
          victories: 0,
          revenue: "0",
          health: "dead",
        },
      },
    ],
    split: [{ membership: "no_clan", dau: 2, total_iap_revenue: "9.98" }],
  });
  await call("DELETE", "/users/ann");
  await sync();
  expect(await look()).toEqual({
    clans: [],
    split: [{ membership: "no_clan", dau: 1, total_iap_revenue: "4.99" }],
  });
});
