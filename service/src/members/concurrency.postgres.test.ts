import { setTimeout as delay } from "node:timers/promises";
import { post, startTestApp, type TestApp } from "@clan-platform/scripts/testkit/app.ts";
import { findBrokenRules } from "@clan-platform/scripts/testkit/broken-rules.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { createSeededRandom } from "@clan-platform/scripts/testkit/seeded-random.ts";
import type pg from "pg";
import { expect, it } from "vitest";

// Waiting is not at fault here, however slow the machine: only what is stored, and what is answered.
const patient = {
  POOL_MAX: "40",
  CONNECT_TIMEOUT_MS: "26000",
  LOCK_TIMEOUT_MS: "27000",
  STATEMENT_TIMEOUT_MS: "28000",
  HANDLER_TIMEOUT_MS: "29000",
};

async function expectConsistency(client: pg.Client): Promise<void> {
  expect(await findBrokenRules(client)).toEqual([]);
}

/** Nothing is stored, so that a client tries again. */
const isRefused = (response: { statusCode: number; json(): { reason?: string } }) =>
  response.statusCode === 503 && ["CLAN_BUSY", "OVERLOADED"].includes(response.json().reason ?? "");

/** Calls that count what was acknowledged per player. */
function createLedger(app: TestApp["app"]) {
  const begun = new Map<string, number>();
  const ended = new Map<string, number>();
  const statuses = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const call = async (method: "PUT" | "POST" | "PATCH" | "DELETE", url: string, payload?: object) => {
    const send = () => app.inject({ method, url, ...(payload && { payload }) });
    let response = await send();
    // More clients want to change a clan than may wait for it. They share a process with the service, and what they send again and
    // again takes the time in which PostgreSQL's answers are read: like any good client, each waits longer after each refusal.
    for (let wait = 20; isRefused(response); wait = Math.min(2 * wait, 640)) {
      await delay(wait);
      response = await send();
    }
    const reason = response.statusCode >= 400 ? ` ${response.json().reason}` : "";
    count(statuses, `${response.statusCode}${reason}`);
    return response;
  };
  return {
    begun,
    ended,
    statuses,
    async join(clan: string, user: string) {
      const { statusCode } = await call("PUT", `/clans/${clan}/members/${user}`);
      if (statusCode === 201) count(begun, user);
      return statusCode;
    },
    async leave(clan: string, user: string, reason: "left" | "kicked") {
      const { statusCode } = await call("DELETE", `/clans/${clan}/members/${user}?reason=${reason}`);
      if (statusCode === 204) count(ended, user);
    },
    async create(name: string, leader: string) {
      const { statusCode } = await call("POST", "/clans", { name, leader_user_id: leader });
      if (statusCode === 201) count(begun, leader);
    },
    setRole: (clan: string, user: string, role: string) =>
      call("PATCH", `/clans/${clan}/members/${user}`, { role }),
    ask: (clan: string, user: string) => call("POST", `/clans/${clan}/join-requests`, { user_id: user }),
    invite: (clan: string, user: string) => call("POST", `/clans/${clan}/invitations`, { user_id: user }),
    // Counted by the periods: what is accepted is answered 200 for a member as well.
    accept: (clan: string, user: string, kind: "join-requests" | "invitations") =>
      call("POST", `/clans/${clan}/${kind}/${user}/accept`),
    change: (clan: string, patch: object) => call("PATCH", `/clans/${clan}`, patch),
    remove: (clan: string) => call("DELETE", `/clans/${clan}`),
  };
}

const failures = (statuses: Map<string, number>) => [...statuses.keys()].filter((status) => status >= "500");

async function createClans(app: TestApp["app"], count: number, fields: object): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++)
    ids.push((await post(app, "/clans", { name: `clan ${n}`, ...fields })).body.id);
  return ids;
}

it("200 clients join, leave, kick, promote, and change clans: what was acknowledged is stored, and nothing is broken", async () => {
  const { app, database } = await startTestApp(patient);
  const admin = await connect(database.adminUrl);
  const clans = await createClans(app, 8, { max_members: 12 });
  const players = Array.from({ length: 150 }, (_, n) => `player-${n}`);
  const ledger = createLedger(app);
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) await expectConsistency(admin);
  })();

  await Promise.all(
    Array.from({ length: 200 }, async (_, client) => {
      const random = createSeededRandom(client + 1);
      const any = <T>(list: T[]): T => list[random.below(list.length)] as T;
      for (let step = 0; step < 15; step++) {
        const [clan, player] = [any(clans), any(players)];
        const dice = random.fraction();
        if (dice < 0.5) await ledger.join(clan, player);
        else if (dice < 0.65) await ledger.leave(clan, player, "left");
        else if (dice < 0.75) await ledger.leave(clan, player, "kicked");
        else if (dice < 0.9)
          await ledger.setRole(clan, player, any(["leader", "leader", "co_leader", "member"]));
        else if (dice < 0.95) await ledger.change(clan, { max_members: any([6, 9, 12, 15]) });
        else await ledger.create(`clan of ${client} ${step}`, player);
      }
    }),
  );
  isRunning = false;
  await watching;

  await expectConsistency(admin);
  expect(failures(ledger.statuses)).toEqual([]);
  for (const reason of ["201", "204", "409 CLAN_FULL", "409 IN_ANOTHER_CLAN", "404 MEMBER_NOT_FOUND"])
    expect(
      ledger.statuses.get(reason),
      `${reason} of ${JSON.stringify([...ledger.statuses])}`,
    ).toBeGreaterThan(0);
  const { rows } = await admin.query(
    "select user_id, count(*)::int as begun, count(left_at)::int as ended from clan_membership_periods group by user_id",
  );
  const stored = new Map(rows.map((row) => [row.user_id, [row.begun, row.ended]]));
  for (const player of players) {
    const acknowledged = [ledger.begun.get(player) ?? 0, ledger.ended.get(player) ?? 0];
    expect([player, stored.get(player) ?? [0, 0]]).toEqual([player, acknowledged]);
  }
}, 300_000);

it("200 clients at one clan with 50 places: 50 are in, and the others learn why not", async () => {
  const { app, database } = await startTestApp(patient);
  const [clan = ""] = await createClans(app, 1, {});
  const ledger = createLedger(app);
  await Promise.all(Array.from({ length: 200 }, (_, n) => ledger.join(clan, `player-${n}`)));
  expect(Object.fromEntries(ledger.statuses)).toEqual({ "201": 50, "409 CLAN_FULL": 150 });
  await expectConsistency(await connect(database.adminUrl));
}, 300_000);

it("a player who joins ten clans at once is in one, and its history has one period", async () => {
  const { app, database } = await startTestApp(patient);
  const clans = await createClans(app, 10, {});
  const ledger = createLedger(app);
  const players = Array.from({ length: 20 }, (_, n) => `player-${n}`);
  await Promise.all(players.flatMap((player) => clans.map((clan) => ledger.join(clan, player))));
  expect(Object.fromEntries(ledger.statuses)).toEqual({ "201": 20, "409 IN_ANOTHER_CLAN": 180 });
  await expectConsistency(await connect(database.adminUrl));
}, 300_000);

it.each(["join-requests", "invitations"] as const)(
  "a player whose %s of twelve small clans are all accepted at once, and twice, is in one of them",
  async (kind) => {
    const { app, database } = await startTestApp(patient);
    const clans = await createClans(app, 12, { max_members: 3 });
    const ledger = createLedger(app);
    const entries = Array.from({ length: 20 }, (_, n) => `player-${n}`).flatMap((player) =>
      clans.map((clan) => ({ clan, player })),
    );
    const write = kind === "invitations" ? ledger.invite : ledger.ask;
    await Promise.all(entries.map(({ clan, player }) => write(clan, player)));
    expect(Object.fromEntries(ledger.statuses)).toEqual({ "201": entries.length });
    ledger.statuses.clear();
    // Each twice, as by a client that tries again.
    await Promise.all([...entries, ...entries].map(({ clan, player }) => ledger.accept(clan, player, kind)));
    expect(failures(ledger.statuses)).toEqual([]);
    const admin = await connect(database.adminUrl);
    await expectConsistency(admin);
    const { rows } = await admin.query(
      `select count(*)::int as members, count(distinct user_id)::int as players,
         (select count(*) from clan_membership_periods)::int as periods
       from clan_members`,
    );
    expect(rows).toEqual([{ members: 20, players: 20, periods: 20 }]);
  },
  300_000,
);

it("clans that are deleted while players ask, are invited, are accepted, join and are erased leave nobody behind", async () => {
  const { app, database } = await startTestApp(patient);
  const admin = await connect(database.adminUrl);
  const clans = await createClans(app, 20, { max_members: 30 });
  const players = Array.from({ length: 40 }, (_, n) => `player-${n}`);
  const ledger = createLedger(app);
  await Promise.all(
    Array.from({ length: 200 }, async (_, client) => {
      const random = createSeededRandom(client + 1_000);
      const any = <T>(list: T[]): T => list[random.below(list.length)] as T;
      for (let step = 0; step < 8; step++) {
        const [clan, player] = [any(clans), any(players)];
        const dice = random.fraction();
        if (dice < 0.2) await ledger.ask(clan, player);
        else if (dice < 0.3) await ledger.invite(clan, player);
        else if (dice < 0.5) await ledger.accept(clan, player, any(["join-requests", "invitations"]));
        else if (dice < 0.8) await ledger.join(clan, player);
        else if (dice < 0.9) await ledger.leave(clan, player, "left");
        else if (dice < 0.98) await app.inject({ method: "DELETE", url: `/users/${player}` });
        else await ledger.remove(clan);
      }
    }),
  );
  expect(failures(ledger.statuses)).toEqual([]);
  await expectConsistency(admin);
  const left = "select from clan_members where clan_id not in (select id from clans)";
  expect((await admin.query(left)).rowCount).toBe(0);
  for (const player of players)
    expect((await app.inject({ method: "DELETE", url: `/users/${player}` })).statusCode).toBe(204);
  const { rows } = await admin.query(
    `select (select count(*) from clan_members)::int as members, (select count(*) from clan_join_requests)::int as requests,
       (select count(*) from clan_invitations)::int as invitations,
       (select count(*) from clan_membership_periods where user_id not like 'erased-%' or left_at is null)::int as named,
       (select count(*) from clans where member_count <> 0)::int as counted`,
  );
  expect(rows).toEqual([{ members: 0, requests: 0, invitations: 0, named: 0, counted: 0 }]);
}, 300_000);

it.each(["40P01", "40001"])("what PostgreSQL ends with %s is tried again", async (code) => {
  const { app, database } = await startTestApp(patient);
  const [clan = ""] = await createClans(app, 1, {});
  const ledger = createLedger(app);
  await ledger.join(clan, "ana");
  const admin = await connect(database.adminUrl);
  // A sequence keeps its value when a transaction is rolled back.
  await admin.query(
    `create sequence attempts;
     create function fail_twice() returns trigger language plpgsql security definer as $$
     begin
       if nextval('attempts') <= 2 then raise exception 'for a test' using errcode = '${code}'; end if;
       return old;
     end
     $$;
     create trigger fail_twice before delete on clan_members for each row execute function fail_twice()`,
  );
  await ledger.leave(clan, "ana", "left");
  expect(Object.fromEntries(ledger.statuses)).toEqual({ "201": 1, "204": 1 });
  await expectConsistency(admin);
});
