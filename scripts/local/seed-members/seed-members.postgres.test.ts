import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { join } from "node:path";
import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { findBrokenRules } from "@clan-platform/scripts/testkit/broken-rules.ts";
import { connect, createTestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it, vi } from "vitest";
import { noteMembers } from "../members-to-seed.ts";
import { seedInBackground } from "./seed-in-background.ts";
import { hasMembers, seedMembers } from "./seed-members.ts";

const fill = { rows: 20_000, to: "2026-06-30" };

it("seeds clans and members that the API serves, breaks no rule of theirs, and adds nothing the second time", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  expect(await hasMembers(database.adminUrl)).toBe(false);
  const seeded = await seedMembers(database.adminUrl, fill);
  expect(seeded.members).toBeGreaterThan(1_000);
  expect(seeded.clans).toBeGreaterThan(30);
  expect(await findBrokenRules(admin)).toEqual([]);
  expect(await hasMembers(database.adminUrl)).toBe(true);

  const { rows } = await admin.query(
    `select (select count(*) from clan_members)::int as members, (select count(*) from clans)::int as clans,
       (select count(*) from clan_membership_periods where left_at is null)::int as open,
       (select count(*) from clan_membership_periods where left_at is not null)::int as ended,
       (select count(distinct role) from clan_members)::int as roles,
       (select count(*) from clan_membership_periods join clans on clans.id = clan_id where joined_at < created_at)::int as early`,
  );
  expect(rows[0]).toMatchObject({ ...seeded, open: seeded.members, roles: 3, early: 0 });
  expect(rows[0].ended).toBeGreaterThan(50);

  const largest = (await get(app, "/clans?sort=members&page_size=1")).body.clans[0];
  expect(largest.member_count).toBeLessThanOrEqual(largest.max_members);
  const { members } = (await get(app, `/clans/${largest.id}/members`)).body;
  expect(members[0]).toMatchObject({ role: "leader", user_id: expect.stringMatching(/^[0-9A-F]{32}$/) });
  const own = (await get(app, `/users/${members[0].user_id}/clan`)).body;
  expect(own).toMatchObject({ role: "leader", clan: { id: largest.id } });

  expect(await seedMembers(database.adminUrl, fill)).toEqual({ clans: 0, members: 0 });
  expect(await findBrokenRules(admin)).toEqual([]);
});

it("leaves alone who was erased or is in a clan, and gives a clan whose name is taken another", async () => {
  const reference = await createTestDatabase();
  await seedMembers(reference.adminUrl, fill);
  const seeded = await connect(reference.adminUrl);
  const { rows } = await seeded.query(
    `select (select name from clans order by member_count desc, id limit 1) as name,
       (select array_agg(user_id) from (select user_id from clan_members order by user_id limit 2) as first_two) as users`,
  );
  const [{ name, users }] = rows;

  const { app, database } = await startTestApp();
  const own = await app.inject({
    method: "POST",
    url: "/clans",
    payload: { name, leader_user_id: users[0] },
  });
  expect(own.statusCode).toBe(201);
  expect((await app.inject({ method: "DELETE", url: `/users/${users[1]}` })).statusCode).toBe(204);
  await seedMembers(database.adminUrl, fill);
  const admin = await connect(database.adminUrl);
  expect(await findBrokenRules(admin)).toEqual([]);
  expect((await get(app, `/users/${users[0]}/clan`)).body.clan.name).toBe(name);
  expect((await get(app, `/users/${users[1]}/clan`)).body.reason).toBe("NOT_IN_A_CLAN");
  const search = (await get(app, `/clans/search?name=${encodeURIComponent(name)}`)).body.clans;
  expect(search.map((clan: { name: string }) => clan.name)).toContainEqual(
    expect.stringMatching(new RegExp(`^${name} \\d+$`)),
  );
});

it("leaves alone who joins a clan while it runs", async () => {
  const reference = await createTestDatabase();
  const all = await seedMembers(reference.adminUrl, fill);
  const seeded = await connect(reference.adminUrl);
  const { rows } = await seeded.query("select min(user_id) as player from clan_members");

  const { adminUrl } = await createTestDatabase();
  const other = await connect(adminUrl);
  await other.query("begin");
  await other.query(
    `with clan as (
       insert into clans (name, region, member_count, leader_user_id) values ('Own', 'TR', 1, $1) returning id
     ), period as (
       insert into clan_membership_periods (user_id, clan_id, joined_at) select $1, id, now() from clan
     )
     insert into clan_members (clan_id, user_id, role, joined_at) select id, $1, 'leader', now() from clan`,
    [rows[0].player],
  );
  const seeding = seedMembers(adminUrl, fill);
  const watcher = await connect(adminUrl);
  await expect.poll(() => waitingForLock(watcher)).toHaveLength(1);
  await other.query("commit");
  expect((await seeding).members).toBe(all.members - 1);
  expect(await findBrokenRules(watcher)).toEqual([]);
  const joined = await watcher.query(
    "select name from clan_members join clans on clans.id = clan_id where user_id = $1",
    [rows[0].player],
  );
  expect(joined.rows).toEqual([{ name: "Own" }]);
});

it("stores nothing when it is interrupted", async () => {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  // It waits for this lock in the middle of its transaction.
  await admin.query("begin; lock table clan_membership_periods in share mode");
  const seeding = seedMembers(adminUrl, fill).catch((error) => error);
  const watcher = await connect(adminUrl);
  await expect.poll(() => waitingForLock(watcher)).toHaveLength(1);
  await watcher.query("select pg_terminate_backend($1)", [(await waitingForLock(watcher))[0]]);
  expect(await seeding).toBeInstanceOf(Error);
  await admin.query("rollback");
  const { rows } = await watcher.query(
    "select (select count(*) from clans)::int as clans, (select count(*) from clan_members)::int as members",
  );
  expect(rows).toEqual([{ clans: 0, members: 0 }]);
  expect((await seedMembers(adminUrl, fill)).members).toBeGreaterThan(1_000);
});

it("leaves the processors to others first in the embedded PostgreSQL", async () => {
  const folder = await temporaryFolder();
  vi.stubEnv("DATA_DIR", folder);
  mkdirSync(join(folder, "warehouse"));
  noteMembers(join(folder, "warehouse"), fill);
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query("begin; lock table clan_membership_periods in share mode");
  const outcomes: string[] = [];
  const seeding = seedInBackground({
    databaseUrl: adminUrl,
    isEmbedded: true,
    onOutcome: (line) => outcomes.push(line),
  });
  const watcher = await connect(adminUrl);
  await expect.poll(() => waitingForLock(watcher)).toHaveLength(1);
  const [backend = 0] = await waitingForLock(watcher);
  expect(getPriority(backend)).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  // A kernel without autogroups has no such file.
  const autogroup = existsSync(`/proc/${backend}/autogroup`)
    ? readFileSync(`/proc/${backend}/autogroup`, "utf8")
    : "nice 10";
  expect(autogroup).toContain("nice 10");
  await admin.query("rollback");
  await seeding.ended;
  expect(outcomes).toEqual([expect.stringMatching(/^[\d,]+ in \d+ synthetic clans/)]);
});
