import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, type TestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import type { InjectOptions } from "fastify";
import { expect, it } from "vitest";

// Nothing gives up waiting while this holds a clan's row. Four of the connections may be used for clans.
const patient = {
  POOL_MAX: "6",
  CONNECT_TIMEOUT_MS: "26000",
  LOCK_TIMEOUT_MS: "27000",
  STATEMENT_TIMEOUT_MS: "28000",
  HANDLER_TIMEOUT_MS: "29000",
};

/** Holds the row of a clan, and counts the sessions that wait for a lock. */
async function lockClans({ adminUrl }: TestDatabase) {
  const holder = await connect(adminUrl);
  const watcher = await connect(adminUrl);
  return {
    async lock(clan: string) {
      await holder.query("begin");
      await holder.query("select from clans where id = $1 for update", [clan]);
    },
    unlock: () => holder.query("commit"),
    waiting: async () => (await waitingForLock(watcher)).length,
  };
}

it("joins to a clan that is locked hold one connection: other clans go on, and the 65th that waits is refused", async () => {
  const { app, database } = await startTestApp(patient);
  const { waiting, lock, unlock } = await lockClans(database);
  const popular = (await post(app, "/clans", { name: "Popular", max_members: 500 })).body.id;
  const quiet = (await post(app, "/clans", { name: "Quiet" })).body.id;
  const join = (clan: string, player: string) =>
    app.inject({ method: "PUT", url: `/clans/${clan}/members/${player}` });
  expect((await join(popular, "first")).statusCode).toBe(201);

  await lock(popular);
  let answered = 0;
  const joinAs = async (n: number) => {
    const response = await join(popular, `player-${n}`);
    answered++;
    return response;
  };
  const joins = Array.from({ length: 30 }, (_, n) => joinAs(n));
  await expect.poll(waiting).toBe(1);

  expect((await get(app, `/clans/${quiet}`)).status).toBe(200);
  expect((await join(quiet, "somebody")).statusCode).toBe(201);
  expect((await get(app, "/users/somebody/clan")).body).toMatchObject({ clan: { id: quiet } });
  // What needs no lock waits for no turn, even of the same clan.
  expect((await get(app, `/clans/${popular}/members`)).status).toBe(200);
  expect((await join(popular, "first")).statusCode).toBe(200);
  expect((await join(popular, "somebody")).json().reason).toBe("IN_ANOTHER_CLAN");
  const notIn = await app.inject({ method: "DELETE", url: `/clans/${popular}/members/nobody` });
  expect(notIn.json().reason).toBe("MEMBER_NOT_FOUND");
  expect(await waiting()).toBe(1);

  for (let n = 30; n < 70; n++) {
    joins.push(joinAs(n));
    // One after another, because the crowd before the line is limited as well.
    await app.inject(`/clans/${quiet}`);
  }
  await expect.poll(() => answered).toBe(5);
  expect(await waiting()).toBe(1);

  await unlock();
  const answers = await Promise.all(joins);
  const refused = answers.filter(({ statusCode }) => statusCode !== 201);
  expect(
    refused.map((answer) => [answer.statusCode, answer.json().reason, answer.headers["retry-after"]]),
  ).toEqual(Array.from({ length: 5 }, () => [503, "CLAN_BUSY", "1"]));
  expect((await get(app, `/clans/${popular}`)).body.member_count).toBe(66);
});

it("joins to a clan hold two connections before their turn, and other clans go on", async () => {
  const { app, database } = await startTestApp(patient);
  const { waiting } = await lockClans(database);
  const popular = (await post(app, "/clans", { name: "Popular" })).body.id;
  const quiet = (await post(app, "/clans", { name: "Quiet" })).body.id;
  // Whether a player is in another clan is read before anything is locked.
  const holder = await connect(database.adminUrl);
  await holder.query("begin; lock table clan_members in access exclusive mode");
  const joins = Array.from({ length: 20 }, async (_, n) =>
    app.inject({ method: "PUT", url: `/clans/${popular}/members/player-${n}` }),
  );
  await expect.poll(waiting).toBe(2);
  expect((await get(app, `/clans/${quiet}`)).status).toBe(200);
  expect((await get(app, `/clans/${popular}`)).status).toBe(200);
  expect(await waiting()).toBe(2);
  await holder.query("commit");
  expect((await Promise.all(joins)).map(({ statusCode }) => statusCode)).toEqual(
    Array.from({ length: 20 }, () => 201),
  );
});

it.each([
  ["leave", "DELETE", "/members/ana", undefined],
  ["change a role", "PATCH", "/members/ben", { role: "co_leader" }],
  ["accept a request", "POST", "/join-requests/cem/accept", undefined],
  ["accept an invitation", "POST", "/invitations/cem/accept", undefined],
  ["change the clan", "PATCH", "", { region: "TR" }],
  ["delete the clan", "DELETE", "", undefined],
  ["erase a member", "DELETE", "/users/ana", undefined],
] as const)("those who want to %s wait without a connection", async (_what, method, path, payload) => {
  const { app, database } = await startTestApp(patient);
  const { waiting, lock, unlock } = await lockClans(database);
  const clan = (await post(app, "/clans", { name: "Popular", leader_user_id: "ana" })).body.id;
  await app.inject({ method: "PUT", url: `/clans/${clan}/members/ben` });
  for (const kind of ["join-requests", "invitations"])
    expect((await post(app, `/clans/${clan}/${kind}`, { user_id: "cem" })).status).toBe(201);
  await lock(clan);

  const url = path.startsWith("/users") ? path : `/clans/${clan}${path}`;
  // An injected request is sent once somebody waits for its answer.
  const inject = async (request: InjectOptions) => await app.inject(request);
  const same = Array.from({ length: 4 }, () => inject({ method, url, ...(payload && { payload }) }));
  await expect.poll(waiting).toBe(1);
  expect((await get(app, `/clans/${clan}`)).status).toBe(200);
  expect(await waiting()).toBe(1);

  await unlock();
  const statuses = (await Promise.all(same)).map(({ statusCode }) => statusCode);
  // Two read at once, of which either may take the first turn.
  expect(Math.min(...statuses)).toBeLessThan(300);
  for (const status of statuses) expect([200, 204, 404]).toContain(status);
});
