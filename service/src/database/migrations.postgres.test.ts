import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { connect, createTestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { foreignVariables } from "@clan-platform/scripts/testkit/foreign-variables.ts";
import { takeBackMembers } from "@clan-platform/scripts/testkit/take-back-members.ts";
import { describe, expect, it } from "vitest";
import { migrate } from "./migrations.ts";

const everything = [
  "roles-and-extensions",
  "clans",
  "idempotency-keys",
  "user-activity",
  "activity-changes",
  "viewers",
  "search-any-text",
  "clan-names-in-bytes",
  "activity-partitions",
  "clan-members",
  "clan-changes",
  "clan-activity",
  "activity-quarters",
];
const newest = everything.length;

/** Leaves the migrations from activity-changes on to be done again. */
const takeBackChanges = `
   alter table user_activity detach partition user_activity_older;
   drop table user_activity cascade;
   alter table user_activity_older rename to user_activity;
   alter index user_activity_older_pkey rename to user_activity_pkey;
   alter index user_activity_older_by_day rename to user_activity_by_day;
   alter index user_activity_older_by_change rename to user_activity_by_change;
   drop index user_activity_by_change;
   drop function frequent_clan_name_grams; drop index clans_name_grams; drop function clan_name_grams;
   create index clans_name_search on clans (name_key);
   ${takeBackMembers}
   drop table erased_users;
   delete from schema_migrations where version >= 5`;

it("brings an empty database to the newest schema, and then has nothing to do", async () => {
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const version = newest;
  expect(await migrate(adminUrl)).toMatchObject({ applied: everything, version, newerThanCode: false });
  expect(await migrate(adminUrl)).toMatchObject({ applied: [], version, newerThanCode: false });
});

it("runs once when started twice at once", async () => {
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const reports = await Promise.all([migrate(adminUrl), migrate(adminUrl)]);
  expect(reports.map(({ applied }) => applied.length).sort()).toEqual([0, everything.length]);
});

it("lets requests pass while somebody holds a table that it needs", async () => {
  const { adminUrl } = await createTestDatabase();
  const [holder, writer] = [await connect(adminUrl), await connect(adminUrl)];
  await holder.query(takeBackChanges);
  await holder.query("begin; lock table user_activity in row exclusive mode");
  const migrating = migrate(adminUrl);
  await expect.poll(() => waitingForLock(holder), { timeout: 5_000 }).toHaveLength(1);
  await writer.query("set lock_timeout = '3s'");
  await writer.query("begin; lock table user_activity in row exclusive mode; commit");
  await holder.query("commit");
  expect(await migrating).toMatchObject({ applied: everything.slice(4) });
});

it("is all or nothing", async () => {
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const admin = await connect(adminUrl);
  await admin.query("create table idempotency_keys (in_the_way int)");
  await expect(migrate(adminUrl)).rejects.toThrow(/idempotency_keys/);
  const { rows } = await admin.query("select to_regclass('clans') as clans");
  expect(rows).toEqual([{ clans: null }]);
});

it("refuses when an applied migration was changed since", async () => {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query("update schema_migrations set md5 = 'other' where version = 2");
  await expect(migrate(adminUrl)).rejects.toThrow(/MD5|checksum/i);
});

it("leaves a database alone that newer code has migrated", async () => {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query("insert into schema_migrations (version, name, md5) values (999, 'later', 'x')");
  expect(await migrate(adminUrl)).toEqual({ applied: [], version: 999, newerThanCode: true });
});

it("makes logins members of clan_app", async () => {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query(`create role "odd-login@project.iam" login`);
  await migrate(adminUrl, { appLogins: ["odd-login@project.iam"] });
  const { rows } = await admin.query(
    "select pg_has_role('odd-login@project.iam', 'clan_app', 'member') as is_member",
  );
  expect(rows).toEqual([{ is_member: true }]);
  await admin.query(`drop role "odd-login@project.iam"`);
});

describe("the command", () => {
  const run = (environment: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [fileURLToPath(new URL("../migrate.ts", import.meta.url))], {
      env: environment,
      encoding: "utf8",
    });

  it("says what it did, and connects as DATABASE_URL alone says", async () => {
    const { adminUrl } = await createTestDatabase({ template: "template0" });
    const { status, stdout } = run({
      ...foreignVariables,
      DATABASE_URL: adminUrl,
      APP_LOGINS: "clan_service",
    });
    const created = /created (\d) partitions/.exec(stdout)?.[1];
    expect([status, stdout]).toEqual([
      0,
      `migrate: applied ${everything.join(", ")}; the schema is at version ${newest}\nmigrate: created ${created} partitions; dropped none; deleted expired rows: 0 of user_activity, 0 of idempotency_keys, 0 of clan_join_requests, 0 of clan_invitations, 0 of erased_users\n`,
    ]);
  });

  it("does not claim to have changed nothing when PostgreSQL is lost while it commits", async () => {
    const { adminUrl } = await createTestDatabase();
    const admin = await connect(adminUrl);
    await admin.query(
      `create function lose_connection() returns trigger language plpgsql as
         'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
       ${takeBackChanges};
       create constraint trigger at_commit after insert on schema_migrations deferrable initially deferred
         for each row execute function lose_connection()`,
    );
    const { status, stderr } = run({ DATABASE_URL: adminUrl });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^migrate: whether it was committed is not known \(.*\); run it again.*\n$/);
  });

  it("does not claim to have changed nothing when it fails after the migrations", async () => {
    const { adminUrl } = await createTestDatabase();
    const admin = await connect(adminUrl);
    await admin.query(
      `create function refuse() returns trigger language plpgsql as 'begin raise exception ''for a test''; end';
       create trigger refuse before delete on erased_users execute function refuse()`,
    );
    const { status, stderr } = run({ DATABASE_URL: adminUrl });
    expect([status, stderr]).toEqual([
      1,
      `migrate: the schema is at version ${newest}, but the retention is incomplete: for a test; run it again\n`,
    ]);
  });

  it.each([
    ["no DATABASE_URL", {}, 2, /^migrate: DATABASE_URL is not set.*\n$/],
    [
      "an unreachable one",
      { DATABASE_URL: "postgres://x:y@127.0.0.1:1/z" },
      1,
      /^migrate: nothing was changed: .*\n$/,
    ],
  ])("fails in one line with %s", (_, environment, code, message) => {
    const { status, stderr } = run(environment);
    expect(status).toBe(code);
    expect(stderr).toMatch(message);
  });
});

it("makes everything as the role it is given, so that no login owns it", async () => {
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const admin = await connect(adminUrl);
  const { pathname } = new URL(adminUrl);
  await admin.query("create role owner_of_all nologin createrole");
  await admin.query("create role migration_login login password 'test' in role owner_of_all");
  await admin.query(`alter database ${pathname.slice(1)} owner to owner_of_all`);
  const loginUrl = new URL(adminUrl);
  loginUrl.username = "migration_login";
  loginUrl.password = "test";

  expect(await migrate(loginUrl.href, { role: "owner_of_all" })).toMatchObject({ applied: everything });
  const { rows } = await admin.query(
    "select distinct relowner::regrole::text as owner from pg_class where relnamespace = 'public'::regnamespace",
  );
  expect(rows).toEqual([{ owner: "owner_of_all" }]);
});
