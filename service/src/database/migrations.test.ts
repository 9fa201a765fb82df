import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { connect, createTestDatabase } from "../testing/database.ts";
import { migrate } from "./migrations.ts";

const everything = [
  "roles-and-extensions",
  "clans",
  "idempotency-keys",
  "user-activity",
  "activity-changes",
  "viewers",
];

it("brings an empty database to the newest schema, and then has nothing to do", async () => {
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const version = everything.length;
  expect(await migrate(adminUrl)).toEqual({ applied: everything, version, newerThanCode: false });
  expect(await migrate(adminUrl)).toEqual({ applied: [], version, newerThanCode: false });
});

it("runs once when started twice at once", async () => {
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const reports = await Promise.all([migrate(adminUrl), migrate(adminUrl)]);
  expect(reports.map(({ applied }) => applied.length).sort()).toEqual([0, everything.length]);
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

  it("says what it did", async () => {
    const { adminUrl } = await createTestDatabase({ template: "template0" });
    const { status, stdout } = run({ DATABASE_URL: adminUrl, APP_LOGINS: "clan_service" });
    expect([status, stdout]).toEqual([
      0,
      `migrate: applied ${everything.join(", ")}; the schema is at version ${everything.length}\n`,
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
