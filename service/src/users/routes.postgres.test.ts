import { Writable } from "node:stream";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { get, listen, post, startTestApp, type TestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";

const person = "player/4711 ü";
const path = `/users/${encodeURIComponent(person)}`;

async function exported(app: TestApp["app"]): Promise<{ type: string }[]> {
  const response = await app.inject({ method: "GET", url: `${path}/export` });
  expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
  expect(response.headers["cache-control"]).toBe("no-store");
  return response.body
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** A person with a past membership, a present one, a join request and an invitation of others, and activity. */
async function livePerson(app: TestApp["app"], database: TestApp["database"]): Promise<string> {
  const member = `/members/${encodeURIComponent(person)}`;
  const create = async (name: string, fields: object = {}) =>
    (await post(app, "/clans", { name, ...fields })).body.id;
  const [first, second] = [await create("Night Owls"), await create("Bears", { leader_user_id: "zoe" })];
  await app.inject({ method: "PUT", url: `/clans/${first}${member}` });
  await app.inject({ method: "DELETE", url: `/clans/${first}${member}` });
  await app.inject({ method: "PUT", url: `/clans/${second}${member}` });
  await app.inject({ method: "PATCH", url: `/clans/${second}${member}`, payload: { role: "leader" } });
  // Joining deletes them, except where one was written at the same time.
  const admin = await connect(database.adminUrl);
  for (const table of ["clan_join_requests", "clan_invitations"])
    await admin.query(`insert into ${table} (clan_id, user_id) values ($1, $2)`, [first, person]);
  const rows = ["2024-03-05", "2024-03-06"].map((event_date) => activity({ user_id: person, event_date }));
  const key = { "idempotency-key": "delivery-1" };
  expect((await post(app, "/user-activity", { rows }, key)).status).toBe(200);
  return second;
}

it("exports all that is held about a person, and nothing about others", async () => {
  const { app, database } = await startTestApp();
  const clan = await livePerson(app, database);
  const lines = await exported(app);
  expect(lines.map(({ type }) => type)).toEqual([
    "membership",
    "membership_period",
    "membership_period",
    "join_request",
    "invitation",
    "activity",
    "activity",
  ]);
  for (const line of lines) expect(line).toMatchObject({ user_id: person });
  expect(lines[0]).toMatchObject({ clan_id: clan, role: "leader" });
  expect(lines.slice(1, 3)).toMatchObject([{ left_reason: "left" }, { clan_id: clan, left_at: null }]);
  expect(lines.slice(5)).toMatchObject([{ event_date: "2024-03-06" }, { event_date: "2024-03-05" }]);
  const stranger = await app.inject({ method: "GET", url: "/users/stranger/export" });
  expect([stranger.statusCode, stranger.body]).toEqual([200, ""]);
});

it("exports thousands of rows, of activity and of periods, each once", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  await admin.query(
    `insert into user_activity
     select $1, date '2018-01-01' + n, 'IOS', date '2018-01-01', null, 1, 1, 1, 1, 1, 0, 0, 0.1, 0.25
     from generate_series(0, 2499) n`,
    [person],
  );
  await admin.query(
    `insert into clan_membership_periods (user_id, clan_id, joined_at, left_at, left_reason)
     select $1, uuidv7(), timestamptz '2018-01-01' + n / 3 * interval '1 h', timestamptz '2018-01-01' + n / 3 * interval '1 h', 'left'
     from generate_series(0, 2000) n`,
    [person],
  );
  const lines = await exported(app);
  expect(lines).toHaveLength(4_501);
  expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(4_501);
});

it("answers 503 while the database is away, before an export begins", async () => {
  const { app, database } = await startTestApp({ LOCK_TIMEOUT_MS: "100" });
  const admin = await connect(database.adminUrl);
  await admin.query("begin; lock table clan_members in access exclusive mode");
  const { status, body } = await get(app, `${path}/export`);
  expect([status, body.reason]).toEqual([503, "DATABASE_BUSY"]);
});

it("breaks off where the database fails in the middle, which the client sees, and the log says", async () => {
  const lines: string[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const { app, database } = await startTestApp({}, { log });
  await livePerson(app, database);
  const admin = await connect(database.adminUrl);
  // Memberships come first.
  await admin.query("alter table user_activity rename to gone");
  const response = await fetch(`${await listen(app)}${path}/export`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  await expect
    .poll(() => lines.map((line) => JSON.parse(line)))
    .toContainEqual(
      expect.objectContaining({
        severity: "WARNING",
        message: expect.stringContaining("broke off"),
        request_id: response.headers.get("x-request-id"),
      }),
    );
  expect(lines.join("")).not.toContain("4711");
});

it("erases a person from all tables; the history keeps nobody's periods, and another leads their clan", async () => {
  const { app, database } = await startTestApp();
  const clan = await livePerson(app, database);
  expect((await app.inject({ method: "DELETE", url: path })).statusCode).toBe(204);
  expect((await exported(app)).map(({ type }) => type)).toEqual(["erasure"]);
  expect((await get(app, `/clans/${clan}/members`)).body.members).toMatchObject([
    { user_id: "zoe", role: "leader" },
  ]);
  expect((await get(app, `/clans/${clan}`)).body.member_count).toBe(1);
  const admin = await connect(database.adminUrl);
  const { rows } = await admin.query(
    "select distinct user_id, count(*) over (partition by user_id)::int as periods from clan_membership_periods order by 1",
  );
  expect(rows).toEqual([
    { user_id: expect.stringMatching(/^erased-[0-9a-f-]{36}$/), periods: 2 },
    { user_id: "zoe", periods: 1 },
  ]);
  expect(await tablesThatName(person, database)).toEqual(["erased_users"]);
  expect((await app.inject({ method: "DELETE", url: path })).statusCode).toBe(204);
});

it.each(["join-requests", "invitations"])(
  "erases a person whose entry in %s is accepted meanwhile: they are in no clan",
  async (kind) => {
    const { app, database } = await startTestApp();
    const { id } = (await post(app, "/clans", { name: "Night Owls", leader_user_id: "zoe" })).body;
    await post(app, `/clans/${id}/${kind}`, { user_id: person });
    await post(app, "/user-activity", { rows: [activity({ user_id: person, event_date: "2024-03-05" })] });
    const [holder, watcher] = [await connect(database.adminUrl), await connect(database.adminUrl)];
    // The erasure waits for the activity, when it has looked up the clan.
    await holder.query("begin");
    await holder.query("select from user_activity for update");
    const erasure = app.inject({ method: "DELETE", url: path });
    const waiting = async () => (await waitingForLock(watcher)).length;
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    const url = `/clans/${id}/${kind}/${encodeURIComponent(person)}/accept`;
    let isAnswered = false;
    const acceptance = app.inject({ method: "POST", url }).finally(() => {
      isAnswered = true;
    });
    await expect.poll(async () => isAnswered || (await waiting()) === 2, { timeout: 10_000 }).toBe(true);
    await holder.query("commit");
    expect((await erasure).statusCode).toBe(204);
    expect((await acceptance).statusCode).toBe(404);
    expect(await tablesThatName(person, database)).toEqual(["erased_users"]);
  },
);

it("of two erased people, each has an id of their own", async () => {
  const { app, database } = await startTestApp();
  for (const [name, user] of [
    ["Night Owls", "ana"],
    ["Bears", "ben"],
  ]) {
    await post(app, "/clans", { name, leader_user_id: user });
    await app.inject({ method: "DELETE", url: `/users/${user}` });
  }
  const admin = await connect(database.adminUrl);
  const { rows } = await admin.query("select distinct user_id, left_reason from clan_membership_periods");
  expect(rows.map(({ left_reason }) => left_reason)).toEqual(["erased", "erased"]);
});

it("DELETE /users/{user_id}/activity erases activity alone", async () => {
  const { app, database } = await startTestApp();
  await livePerson(app, database);
  expect((await app.inject({ method: "DELETE", url: `${path}/activity` })).statusCode).toBe(204);
  expect((await exported(app)).map(({ type }) => type)).toEqual([
    "membership",
    "membership_period",
    "membership_period",
    "join_request",
    "invitation",
    "erasure",
  ]);
});

/** The tables of which a row has this text. */
async function tablesThatName(text: string, { adminUrl }: TestApp["database"]): Promise<string[]> {
  const admin = await connect(adminUrl);
  const { rows } = await admin.query(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  const named: string[] = [];
  for (const { relname } of rows) {
    const query = `select from ${relname} as row where strpos(row::text, $1) > 0 limit 1`;
    if ((await admin.query(query, [text])).rowCount) named.push(relname);
  }
  return named;
}
