import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { startTokenIssuer } from "@clan-platform/scripts/testkit/token-issuer.ts";
import { describe, expect, it } from "vitest";

const backendKey = "s3cret";
const keys = { API_KEYS: `backend:${createHash("sha256").update(backendKey).digest("hex")}:*` };

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * A clan that lea leads, with the co-leaders cora and carl, the members mia and max, a request of rita and an invitation of ivo;
 * otto leads another one. `as(who, …)` calls with a player's token, or with the API key for `backend`; a request is "METHOD path".
 */
async function startClan(environment: Record<string, string> = keys) {
  const issuer = await startTokenIssuer();
  const lines: string[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const settings = { ...environment, PLAYER_TOKENS: JSON.stringify(issuer.settings), LOG_LEVEL: "debug" };
  const { app, database } = await startTestApp(settings, { log });
  const as = async (who: string, request: string, payload?: object, headers = {}) => {
    const [method, url] = request.split(" ") as [Method, string];
    const bearer = who === "backend" ? backendKey : await issuer.token(who);
    const response = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${bearer}`, ...headers },
      ...(payload && { payload }),
    });
    const body = response.headers["content-type"]?.includes("json") ? JSON.parse(response.body) : undefined;
    return { status: response.statusCode, reason: body?.reason, body, headers: response.headers };
  };
  const create = async (leader: string, name: string) =>
    (await as(leader, "POST /clans", { name })).body.id as string;
  const clan = `/clans/${await create("lea", "Night Owls")}`;
  const other = `/clans/${await create("otto", "Bears")}`;
  for (const player of ["cora", "carl", "mia", "max"])
    expect((await as(player, `PUT ${clan}/members/${player}`)).status).toBe(201);
  for (const player of ["cora", "carl"])
    await as("lea", `PATCH ${clan}/members/${player}`, { role: "co_leader" });
  expect((await as("rita", `POST ${clan}/join-requests`, { user_id: "rita" })).status).toBe(201);
  expect((await as("lea", `POST ${clan}/invitations`, { user_id: "ivo" })).status).toBe(201);
  return { app, database, as, clan, other, lines, issuer };
}

const [self, role] = ["API_KEY_REQUIRED", "CLAN_ROLE_REQUIRED"];

// Each in turn on one clan: a refused one changes nothing.
it("players may not act for others, nor beyond their roles", async () => {
  const { as, clan, other } = await startClan();
  const refused: [who: string, request: string, payload: object | undefined, reason: string | undefined][] = [
    ["mia", "POST /clans", { name: "Foxes", leader_user_id: "max" }, self],
    ["mia", `DELETE ${clan}`, undefined, self],
    ["lea", `DELETE ${clan}`, undefined, self],
    ["mia", `PATCH ${clan}`, { name: "Mine" }, role],
    ["otto", `PATCH ${clan}`, { name: "Mine" }, role],
    ["nobody", `PATCH ${clan}`, { name: "Mine" }, role],
    ["lea", `PUT ${clan}/members/rita`, undefined, self],
    ["lea", `PUT ${other}/members/mia`, undefined, self],
    ["mia", `DELETE ${clan}/members/max`, undefined, role],
    ["mia", `DELETE ${clan}/members/lea`, undefined, role],
    ["cora", `DELETE ${clan}/members/lea`, undefined, role],
    ["cora", `DELETE ${clan}/members/carl?reason=left`, undefined, role],
    ["otto", `DELETE ${clan}/members/mia`, undefined, role],
    ["nobody", `DELETE ${clan}/members/mia`, undefined, role],
    ["mia", `PATCH ${clan}/members/mia`, { role: "leader" }, role],
    ["mia", `PATCH ${clan}/members/mia`, { role: "co_leader" }, role],
    ["mia", `PATCH ${clan}/members/cora`, { role: "member" }, role],
    ["cora", `PATCH ${clan}/members/cora`, { role: "leader" }, role],
    ["cora", `PATCH ${clan}/members/mia`, { role: "leader" }, role],
    ["cora", `PATCH ${clan}/members/carl`, { role: "member" }, role],
    ["cora", `PATCH ${clan}/members/lea`, { role: "member" }, role],
    ["otto", `PATCH ${clan}/members/mia`, { role: "co_leader" }, role],
    ["mia", `POST ${clan}/join-requests`, { user_id: "nobody" }, self],
    ["lea", `POST ${clan}/join-requests`, { user_id: "nobody" }, self],
    ["mia", `GET ${clan}/join-requests`, undefined, role],
    ["otto", `GET ${clan}/join-requests`, undefined, role],
    ["rita", `POST ${clan}/join-requests/rita/accept`, undefined, role],
    ["mia", `POST ${clan}/join-requests/rita/accept`, undefined, role],
    ["otto", `POST ${clan}/join-requests/rita/accept`, undefined, role],
    ["mia", `DELETE ${clan}/join-requests/rita`, undefined, role],
    ["ivo", `DELETE ${clan}/join-requests/rita`, undefined, role],
    ["mia", `POST ${clan}/invitations`, { user_id: "nobody" }, role],
    ["otto", `POST ${clan}/invitations`, { user_id: "otto" }, role],
    ["mia", `GET ${clan}/invitations`, undefined, role],
    ["lea", `POST ${clan}/invitations/ivo/accept`, undefined, self],
    ["rita", `POST ${clan}/invitations/ivo/accept`, undefined, self],
    ["mia", `DELETE ${clan}/invitations/ivo`, undefined, role],
    ["mia", "GET /users/max/clan", undefined, self],
    ["lea", "GET /users/ivo/invitations", undefined, self],
    ["lea", "GET /users/rita/join-requests", undefined, self],
    ["mia", "GET /users/mia/export", undefined, self],
    ["mia", "DELETE /users/mia", undefined, self],
    ["mia", "DELETE /users/mia/activity", undefined, self],
    ["mia", "GET /user-activity?user_id=mia", undefined, self],
    ["mia", "POST /user-activity", { rows: [] }, self],
    ["mia", "POST /user-activity/import", undefined, self],
  ];
  const before = await as("backend", `GET ${clan}`);
  for (const [who, request, payload, reason] of refused) {
    const answer = await as(who, request, payload);
    expect([who, request, answer.status, answer.reason]).toEqual([who, request, 403, reason]);
  }
  expect((await as("backend", `GET ${clan}`)).body).toEqual(before.body);
});

it("players act for themselves, and officers for their clan", async () => {
  const { as, clan, database } = await startClan();
  const allowed: [who: string, request: string, payload: object | undefined, status: number][] = [
    ["nobody", `GET ${clan}/members`, undefined, 200],
    ["mia", "GET /users/mia/clan", undefined, 200],
    ["ivo", "GET /users/ivo/invitations", undefined, 200],
    ["rita", "GET /users/rita/join-requests", undefined, 200],
    ["cora", `PATCH ${clan}`, { join_mode: "request" }, 200],
    ["lea", `PATCH ${clan}`, { description: "Every evening." }, 200],
    ["cora", `GET ${clan}/join-requests`, undefined, 200],
    ["lea", `GET ${clan}/invitations`, undefined, 200],
    ["cora", `POST ${clan}/join-requests/rita/accept`, undefined, 200],
    ["ivo", `POST ${clan}/invitations/ivo/accept`, undefined, 200],
    ["cora", `PATCH ${clan}/members/ivo`, { role: "co_leader" }, 200],
    ["ivo", `PATCH ${clan}/members/ivo`, { role: "member" }, 200],
    ["cora", `DELETE ${clan}/members/ivo`, undefined, 204],
    ["ivo", `POST ${clan}/join-requests`, { user_id: "ivo" }, 201],
    ["ivo", `DELETE ${clan}/join-requests/ivo`, undefined, 204],
    ["ivo", `POST ${clan}/join-requests`, { user_id: "ivo" }, 201],
    ["carl", `DELETE ${clan}/join-requests/ivo`, undefined, 204],
    ["carl", `POST ${clan}/invitations`, { user_id: "ivo" }, 201],
    ["ivo", `DELETE ${clan}/invitations/ivo`, undefined, 204],
    ["carl", `POST ${clan}/invitations`, { user_id: "ivo" }, 201],
    ["cora", `DELETE ${clan}/invitations/ivo`, undefined, 204],
    ["mia", `DELETE ${clan}/members/mia?reason=kicked`, undefined, 204],
    ["lea", `DELETE ${clan}/members/carl?reason=left`, undefined, 204],
    ["lea", `PATCH ${clan}/members/max`, { role: "leader" }, 200],
    ["lea", `PATCH ${clan}/members/rita`, { role: "co_leader" }, 200],
    ["max", `DELETE ${clan}/members/lea`, undefined, 204],
    ["max", `DELETE ${clan}/members/max`, undefined, 204],
    ["backend", "GET /users/max/invitations", undefined, 200],
    ["backend", `PUT ${clan}/members/mia`, undefined, 409],
    ["backend", `DELETE ${clan}`, undefined, 204],
  ];
  for (const [who, request, payload, status] of allowed) {
    const answer = await as(who, request, payload);
    expect([who, request, answer.status], answer.reason).toEqual([who, request, status]);
  }
  const admin = await connect(database.adminUrl);
  const { rows } = await admin.query(
    "select user_id, left_reason from clan_membership_periods where user_id in ('mia', 'carl', 'lea', 'max') order by 1",
  );
  // Whatever the player said.
  expect(rows).toEqual([
    { user_id: "carl", left_reason: "kicked" },
    { user_id: "lea", left_reason: "kicked" },
    { user_id: "max", left_reason: "left" },
    { user_id: "mia", left_reason: "left" },
  ]);
});

/** A request that is repeated because its answer was lost, by who had the right to it before. */
const losing: [what: string, who: string, player: string, role: string][] = [
  ["hands over the leadership", "lea", "mia", "leader"],
  ["steps down", "cora", "cora", "member"],
];

describe("a change of a role that takes the caller's own right to it", () => {
  it.each(losing)("may be repeated: who %s", async (_, who, player, role) => {
    const { as, clan } = await startClan();
    const change = () => as(who, `PATCH ${clan}/members/${player}`, { role });
    const first = await change();
    expect([first.status, first.body.role]).toEqual([200, role]);
    const members = await as("backend", `GET ${clan}/members`);
    expect(await change()).toMatchObject({ status: 200, body: first.body });
    expect((await as("backend", `GET ${clan}/members`)).body).toEqual(members.body);
  });

  it.each(losing)("may be repeated before it is done: who %s", async (_, who, player, role) => {
    const { as, clan, database } = await startClan();
    const admin = await connect(database.adminUrl);
    // Holds the clan, so that the first waits at its lock, and the second for its turn.
    await admin.query("begin");
    await admin.query("select from clans where id = $1 for no key update", [clan.split("/")[2]]);
    const changes = [1, 2].map(() => as(who, `PATCH ${clan}/members/${player}`, { role }));
    const watcher = await connect(database.adminUrl);
    await expect.poll(() => waitingForLock(watcher)).toHaveLength(1);
    await admin.query("commit");
    for (const { status, body } of await Promise.all(changes))
      expect([status, body.role]).toEqual([200, role]);
  });

  it("may be repeated while another process does it", async () => {
    const { as, clan, database } = await startClan();
    const admin = await connect(database.adminUrl);
    await admin.query("begin");
    await admin.query("select from clans where id = $1 for no key update", [clan.split("/")[2]]);
    const repeated = as("cora", `PATCH ${clan}/members/cora`, { role: "member" });
    const watcher = await connect(database.adminUrl);
    await expect.poll(() => waitingForLock(watcher)).toHaveLength(1);
    await admin.query("update clan_members set role = 'member' where user_id = 'cora'");
    await admin.query("commit");
    expect(await repeated).toMatchObject({ status: 200, body: { role: "member" } });
  });

  it("is done for everyone who asks for what is so, and changes nothing", async () => {
    const { as, clan, other } = await startClan();
    const before = await as("backend", `GET ${clan}`);
    for (const who of ["mia", "otto", "nobody", "backend"])
      expect(await as(who, `PATCH ${clan}/members/cora`, { role: "co_leader" })).toMatchObject({
        status: 200,
        body: { user_id: "cora", role: "co_leader" },
      });
    expect((await as("backend", `GET ${clan}`)).body).toEqual(before.body);
    for (const path of [`${other}/members/cora`, `${clan}/members/otto`])
      expect(await as("mia", `PATCH ${path}`, { role: "leader" })).toMatchObject({
        status: 403,
        reason: role,
      });
  });
});

describe("a player's token", () => {
  it("is challenged like a key when it is not valid", async () => {
    const { app, clan, issuer } = await startClan();
    const call = async (token: string) => {
      const url = `${clan}/members`;
      const response = await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
      return [response.statusCode, response.json().reason, response.headers["www-authenticate"]];
    };
    const invalid = [401, "UNAUTHENTICATED", 'Bearer realm="clan-service", error="invalid_token"'];
    expect(await call(await issuer.token("mia", { claims: { aud: "x" } }))).toEqual(invalid);
    expect(await call("a.b.c")).toEqual(invalid);
    expect((await call("unknown-key"))[1]).toBe("UNAUTHENTICATED");
  });

  it("is checked on a service that can't read the keys: 503, and API keys go on", async () => {
    const issuer = await startTokenIssuer();
    issuer.answerWith((_, response) => response.writeHead(500).end());
    const { app } = await startTestApp({ ...keys, PLAYER_TOKENS: JSON.stringify(issuer.settings) });
    const call = (bearer: string) =>
      app.inject({ url: "/users/mia/clan", headers: { authorization: `Bearer ${bearer}` } });
    const away = await call(await issuer.token("mia"));
    expect([away.statusCode, away.json().reason]).toEqual([503, "PLAYER_KEYS_UNAVAILABLE"]);
    expect(away.headers["retry-after"]).toBe("5");
    expect((await call(backendKey)).statusCode).toBe(404);
  });

  it("is the only way in without API keys", async () => {
    const { app, as, clan } = await startClan({});
    expect((await app.inject({ url: "/users/mia/clan" })).statusCode).toBe(401);
    expect((await app.inject({ method: "DELETE", url: "/users/mia" })).statusCode).toBe(401);
    expect((await as("mia", "GET /users/mia/clan")).status).toBe(200);
    expect((await app.inject({ url: clan })).statusCode).toBe(200);
  });

  it("gives each player Idempotency-Keys of their own, which do not show who they are", async () => {
    const { as, database } = await startClan();
    const key = { "idempotency-key": "1" };
    const first = await as("ana", "POST /clans", { name: "Foxes" }, key);
    const again = await as("ana", "POST /clans", { name: "Foxes" }, key);
    const other = await as("ben", "POST /clans", { name: "Wolves" }, key);
    expect([first.status, again.status, other.status]).toEqual([201, 201, 201]);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(other.headers["idempotency-replayed"]).toBeUndefined();
    const admin = await connect(database.adminUrl);
    const { rows } = await admin.query("select key from idempotency_keys where key ~ '\\mana\\M'");
    expect(rows).toEqual([]);
  });

  it("appears in no log, and neither does its player", async () => {
    const { as, lines, issuer } = await startClan();
    lines.length = 0;
    const player = "player-4711-of-the-logs";
    const token = await issuer.token(player);
    await as(player, `GET /users/${player}/clan`);
    await as(player, "POST /clans", { name: "Foxes", leader_user_id: "max" });
    await as(player, "POST /clans", { name: "Foxes" });
    const text = lines.join("");
    expect(text).toContain('"player":true');
    expect(text).not.toContain(player);
    expect(text).not.toContain(token);
  });
});

it("a co-leader who is demoted at the same time removes nobody afterwards", async () => {
  const { as, clan, database } = await startClan();
  const admin = await connect(database.adminUrl);
  // Holds the clan as a change of roles does, so that the removal has passed its first check and waits.
  await admin.query("begin");
  await admin.query("select from clans where id = $1 for no key update", [clan.split("/")[2]]);
  const removal = as("cora", `DELETE ${clan}/members/mia`);
  const watcher = await connect(database.adminUrl);
  await expect.poll(() => waitingForLock(watcher), { timeout: 10_000 }).toHaveLength(1);
  await admin.query("update clan_members set role = 'member' where user_id = 'cora'");
  await admin.query("commit");
  expect(await removal).toMatchObject({ status: 403, reason: role });
});
