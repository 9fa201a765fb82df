import { setTimeout as delay } from "node:timers/promises";
import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { firstDay, tomorrow } from "@clan-platform/contract/day.ts";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { takeBackMembers } from "@clan-platform/scripts/testkit/take-back-members.ts";
import type pg from "pg";
import { expect, it } from "vitest";
import { migrate } from "../database/migrations.ts";
import { transactionOn } from "../database/transaction.ts";
import { upsertRows } from "../user-activity/upsert.ts";
import { applyRetention } from "./expire.ts";
import { firstDayOfNextQuarter, listPartitions } from "./quarter-partitions.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

async function start() {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  return { adminUrl, serviceUrl, admin: await connect(adminUrl), service: await connect(serviceUrl) };
}

const deliver = (service: pg.Client, days: string[], change: Record<string, unknown> = {}) =>
  upsertRows(
    transactionOn(service),
    days.map((day) => ActivityRow.parse(activity({ event_date: day, install_date: firstDay, ...change }))),
  );

const storedDays = async (client: pg.Client): Promise<string[]> =>
  (await client.query("select event_date::text as day from user_activity order by 1")).rows.map(
    ({ day }) => day,
  );

/** Leaves a table as it would be after a while: two partitions of 2024, and then those of today. */
async function withMonthsOf2024(admin: pg.Client): Promise<void> {
  await admin.query("alter table user_activity detach partition user_activity_older");
  await admin.query(
    "alter table user_activity attach partition user_activity_older for values from (minvalue) to ('2024-01-01')",
  );
  for (const [from, to] of [
    ["2024-01-01", "2024-02-01"],
    ["2024-02-01", "2024-03-01"],
  ] as const) {
    const table = `user_activity_${from.slice(0, 7).replace("-", "_")}`;
    await admin.query(
      `create table ${table} partition of user_activity for values from ('${from}') to ('${to}')`,
    );
  }
}

it("has a partition for every day that the service accepts, half a year ahead", async () => {
  const { admin, service } = await start();
  const days = [firstDay, "2024-02-29", daysAgo(0), tomorrow()];
  expect(await deliver(service, days)).toMatchObject({ inserted: days.length });
  expect(await storedDays(admin)).toEqual([...days].sort());
  const partitions = await listPartitions(admin);
  expect((partitions.at(-1)?.to ?? "") > daysAgo(-180)).toBe(true);
  // The first may begin within its quarter.
  for (const [n, { from, to }] of partitions.entries()) {
    expect(to).toBe(firstDayOfNextQuarter(from));
    if (n > 0) expect(from).toBe(partitions[n - 1]?.to);
  }
  expect(partitions.length).toBeLessThanOrEqual(4);
});

it("goes on by quarter after the monthly partitions of earlier versions", async () => {
  const { adminUrl, admin, service } = await start();
  for (const { table } of await listPartitions(admin)) await admin.query(`drop table ${table}`);
  const { rows } = await admin.query(
    `select month::date::text as from, (month + interval '1 month')::date::text as to
     from generate_series(date_trunc('month', current_date), current_date + interval '2 months', '1 month') as month`,
  );
  const tables = rows.map(({ from }) => `user_activity_${from.slice(0, 7).replace("-", "_")}`);
  for (const [n, { from, to }] of rows.entries())
    await admin.query(
      `create table ${tables[n]} partition of user_activity for values from ('${from}') to ('${to}')`,
    );
  await migrate(adminUrl);
  const partitions = await listPartitions(admin);
  expect(partitions.slice(0, tables.length).map(({ table }) => table)).toEqual(tables);
  const [first, ...others] = partitions.slice(tables.length);
  expect(first).toMatchObject({ from: rows.at(-1).to, to: firstDayOfNextQuarter(rows.at(-1).to) });
  expect(others.length).toBeGreaterThan(0);
  expect((partitions.at(-1)?.to ?? "") > daysAgo(-180)).toBe(true);
  expect(await deliver(service, [daysAgo(0), tomorrow()])).toMatchObject({ inserted: 2 });
  expect((await migrate(adminUrl)).retention?.createdPartitions).toBe(0);
});

it.each([
  ["2026-10-01", "2027-01-01"],
  ["2026-11-01", "2027-01-01"],
  ["2026-12-01", "2027-01-01"],
  ["2027-01-01", "2027-04-01"],
])("the quarter of %s ends before %s", (day, next) => {
  expect(firstDayOfNextQuarter(day)).toBe(next);
});

it("keeps all activity unless the retention is set", async () => {
  const { adminUrl, admin, service } = await start();
  await deliver(service, [firstDay]);
  await migrate(adminUrl);
  expect(await storedDays(admin)).toEqual([firstDay]);
});

it("drops whole expired partitions, deletes older rows, and still accepts late rows of those days", async () => {
  const { adminUrl, admin, service } = await start();
  await withMonthsOf2024(admin);
  await deliver(service, ["2023-12-31", "2024-01-15", "2024-02-15", daysAgo(0)]);
  const { rows } = await admin.query("select current_date - date '2024-02-10' as days");
  const first = await migrate(adminUrl, { activityRetentionDays: rows[0].days });
  expect(first.retention).toMatchObject({
    droppedPartitions: ["user_activity_2024_01"],
    deleted: { user_activity: 1 },
  });
  expect(await storedDays(admin)).toEqual(["2024-02-15", daysAgo(0)]);

  expect(await deliver(service, ["2023-12-31", "2024-01-15"])).toMatchObject({ inserted: 2 });
  expect(await deliver(service, ["2024-01-15"], { iap_revenue: 7 })).toMatchObject({ updated: 1 });
  const second = await migrate(adminUrl, { activityRetentionDays: rows[0].days });
  expect(second.retention).toMatchObject({ droppedPartitions: [], deleted: { user_activity: 2 } });
  expect(await storedDays(admin)).toEqual(["2024-02-15", daysAgo(0)]);
});

it("removes expired idempotency keys, join requests, invitations and notes of erasures, and no others", async () => {
  const { adminUrl, admin } = await start();
  await admin.query(
    `insert into idempotency_keys (key, fingerprint, status, headers, created_at)
     values ('old', '', 200, '{}', now() - interval '25 hours'), ('new', '', 200, '{}', now() - interval '23 hours');
     insert into erased_users values ('old', now() - interval '91 days'), ('new', now() - interval '89 days');
     insert into clans (name, region) values ('Night Owls', 'EU');
     insert into clan_join_requests
     select id, user_id, now() - age from clans, (values ('old', interval '7 days'), ('new', '167 hours')) as entry (user_id, age);
     insert into clan_invitations select * from clan_join_requests`,
  );
  expect((await migrate(adminUrl)).retention?.deleted).toEqual({
    user_activity: 0,
    idempotency_keys: 1,
    clan_join_requests: 1,
    clan_invitations: 1,
    erased_users: 1,
  });
  const { rows } = await admin.query(
    `select key from idempotency_keys union all select user_id from erased_users
     union all select user_id from clan_join_requests union all select user_id from clan_invitations`,
  );
  expect(rows).toEqual(Array(4).fill({ key: "new" }));
});

it("does the same whatever date style and time zone the database has set", async () => {
  const { adminUrl, admin, service } = await start();
  await withMonthsOf2024(admin);
  await deliver(service, ["2024-01-15"]);
  const last = (await listPartitions(admin)).at(-1)?.table;
  await admin.query(`drop table ${last}`);
  await admin.query(
    `insert into clans (name) values ('Night Owls');
     insert into clan_invitations select id, 'ana', now() - interval '167 hours 30 minutes' from clans`,
  );
  const name = new URL(adminUrl).pathname.slice(1);
  await admin.query(`alter database ${name} set datestyle = 'SQL, DMY'`);
  await admin.query(`alter database ${name} set timezone = '${forwardSince(3)}'`);
  const { rows } = await admin.query("select current_date - date '2024-02-10' as days");
  const { retention } = await migrate(adminUrl, { activityRetentionDays: rows[0].days });
  expect(retention).toMatchObject({
    createdPartitions: 1,
    droppedPartitions: ["user_activity_2024_01"],
    deleted: { clan_invitations: 0 },
  });
  expect((await listPartitions(admin)).at(-1)?.table).toBe(last);
});

/** A time zone in which clocks were put forward some days ago, so that the week that ends today lacks an hour. */
function forwardSince(days: number): string {
  const dayOfYear = (date: Date) =>
    Math.min(365, Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / 86_400_000) + 1);
  const [from, to] = [-days, 90].map((shift) => dayOfYear(new Date(Date.now() + shift * 86_400_000)));
  return `STD0DST,J${from}/0,J${to}/0`;
}

it("lets writers pass while it creates and drops partitions, also behind a long import", async () => {
  const { adminUrl, serviceUrl, admin, service } = await start();
  await withMonthsOf2024(admin);
  await deliver(service, ["2024-01-15"]);
  const last = (await listPartitions(admin)).at(-1)?.table;
  await admin.query(`drop table ${last}`);
  const importing = await connect(serviceUrl);
  await importing.query("begin");
  await deliver(importing, [daysAgo(1)], { user_id: "importing" });

  let isDone = false;
  const { rows } = await admin.query("select current_date - date '2024-02-10' as days");
  const running = migrate(adminUrl, { activityRetentionDays: rows[0].days }).finally(() => {
    isDone = true;
  });
  // While the import is open, the drop retries; each delivery waits for a tenth of a second behind it at most.
  await service.query("set lock_timeout = '2s'");
  let writes = 0;
  const writing = (async () => {
    while (!isDone) {
      await deliver(service, [daysAgo(0), "2024-01-15"], { user_id: `writer-${writes}` });
      writes += 1;
      await delay(5);
    }
  })();
  const partitions = async () => (await listPartitions(admin)).map(({ table }) => table);
  await expect.poll(partitions).toContain(last);
  const before = writes;
  await expect.poll(() => writes).toBeGreaterThan(before + 20);
  expect(isDone).toBe(false);
  await importing.query("commit");
  expect((await running).retention?.droppedPartitions).toEqual(["user_activity_2024_01"]);
  await writing;
  const { rows: stored } = await admin.query(
    "select from user_activity where event_date >= current_date - 1",
  );
  expect(stored).toHaveLength(writes + 1);
});

it("says which partition others held for too long", async () => {
  const { serviceUrl, admin } = await start();
  await withMonthsOf2024(admin);
  const importing = await connect(serviceUrl);
  await importing.query("begin; lock table user_activity in row exclusive mode");
  const { rows } = await admin.query("select current_date - date '2024-02-10' as days");
  await expect(applyRetention(admin, rows[0].days, { patienceMs: 500 })).rejects.toThrow(
    "another session, such as an import, kept user_activity locked; user_activity_2024_01 was not dropped",
  );
  await importing.query("rollback");
  expect(await applyRetention(admin, rows[0].days)).toMatchObject({
    droppedPartitions: ["user_activity_2024_01"],
  });
});

it("converts a filled table without losing a row, and without reading it under a lock", async () => {
  const { adminUrl, admin, service } = await start();
  await deliver(service, [firstDay, "2024-02-29", daysAgo(0), tomorrow()]);
  const before = await storedDays(admin);
  await admin.query(
    `${takeBackMembers}
     create table plain (like user_activity including all);
     insert into plain select * from user_activity;
     drop table user_activity cascade;
     alter table plain rename to user_activity;
     alter index plain_pkey rename to user_activity_pkey;
     alter index plain_event_date_idx rename to user_activity_by_day;
     alter index plain_updated_at_idx rename to user_activity_by_change;
     create function activity_changes(since timestamptz) returns bigint language sql begin atomic select 1::bigint; end;
     delete from schema_migrations where version >= 9`,
  );
  await migrate(adminUrl);
  expect(await storedDays(admin)).toEqual(before);
  expect(await deliver(service, before)).toMatchObject({ inserted: 0, unchanged: before.length });
  const { rows } = await admin.query(
    "select conname from pg_constraint where conname = 'user_activity_older_bound'",
  );
  expect(rows).toEqual([]);
});
