import { activity, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, createTestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { type Proxied, startTcpProxy } from "@clan-platform/scripts/testkit/tcp-proxy.ts";
import { expect, it, onTestFinished } from "vitest";

/** The service, with a network to PostgreSQL that does something to a connection once it has carried certain bytes. */
async function startBehindProxy(environment: NodeJS.ProcessEnv = {}) {
  const database = await createTestDatabase();
  const proxy = await startTcpProxy(Number(new URL(database.serviceUrl).port));
  onTestFinished(() => proxy.close());
  const url = new URL(database.serviceUrl);
  url.port = String(proxy.port);
  const { app } = await startTestApp({ DATABASE_URL: url.href, ...environment }, { database });
  const admin = await connect(database.adminUrl);
  /** Once: after PostgreSQL has answered the statement, and before the service hears it. */
  const onAnswerTo = (statement: string, act: (connection: Proxied) => void) => {
    let asking: Proxied | undefined;
    proxy.onBytes = (bytes, direction, connection) => {
      if (direction === "toServer" && bytes.includes(statement)) asking = connection;
      if (direction !== "toClient" || connection !== asking) return;
      proxy.onBytes = () => {};
      act(connection);
    };
  };
  const origin = await listen(app);
  const ask = async (method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await fetch(origin + path, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
  return { ask, proxy, admin, onAnswerTo };
}

const cut = (connection: Proxied) => connection.cut();
const key = { "idempotency-key": "order-66" };
const names = async (admin: Awaited<ReturnType<typeof connect>>) =>
  (await admin.query("select name from clans")).rows.map(({ name }) => name);
const rows = { rows: [activity()] };
const advisoryLocks = `select from pg_locks join pg_database on pg_database.oid = database
  where locktype = 'advisory' and datname = current_database()`;

it.each([
  ["a clan", "/clans", { name: "Night Owls" }, "application/json"],
  ["a batch", "/user-activity", rows, "application/json"],
  ["an import", "/user-activity/import", toCsv(rows.rows), "text/csv"],
])(
  "says of %s whose COMMIT was not answered that it may be stored, and replays it",
  async (_, path, body, type) => {
    const { ask, onAnswerTo } = await startBehindProxy();
    onAnswerTo("commit\0", cut);
    const headers = { ...key, "content-type": type };
    const lost = await ask("POST", path, body, headers);
    expect([lost.status, lost.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
    expect(lost.body.detail).toMatch(/may or may not.*same Idempotency-Key/);
    expect(Number(lost.headers.get("retry-after"))).toBeGreaterThan(0);
    const again = await ask("POST", path, body, headers);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.status).toBeLessThan(300);
  },
);

it("says the same of statements that commit themselves, and of transactions that follow them", async () => {
  const { ask, admin, onAnswerTo } = await startBehindProxy();
  onAnswerTo("insert into clans", cut);
  const created = await ask("POST", "/clans", { name: "Night Owls" });
  expect([created.status, created.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
  const { body: taken } = await ask("POST", "/clans", { name: "Night Owls" });
  expect(taken.reason).toBe("CLAN_NAME_TAKEN");

  onAnswerTo("commit\0", cut);
  const deleted = await ask("DELETE", `/clans/${taken.clan_id}`);
  expect([deleted.status, deleted.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
  expect(await names(admin)).toEqual([]);

  onAnswerTo("upsert-activity", cut);
  const sent = await ask("POST", "/user-activity", rows);
  expect([sent.status, sent.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
  expect((await ask("POST", "/user-activity", rows)).body).toMatchObject({ inserted: 0, unchanged: 1 });

  onAnswerTo("commit\0", cut);
  const erased = await ask("DELETE", "/users/player-1/activity");
  expect([erased.status, erased.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
});

it("says it of a join, a new role and a leaving, which may be repeated as they are", async () => {
  const { ask, onAnswerTo } = await startBehindProxy();
  const { body: clan } = await ask("POST", "/clans", { name: "Night Owls", leader_user_id: "ana" });
  const member = `/clans/${clan.id}/members/ben`;
  for (const [method, body, status] of [
    ["PUT", undefined, 200],
    ["PATCH", { role: "leader" }, 200],
    ["DELETE", undefined, 404],
  ] as const) {
    onAnswerTo("commit\0", cut);
    const lost = await ask(method, member, body);
    expect([lost.status, lost.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
    expect(lost.body.detail).toContain("requests other than POST can be repeated without");
    expect((await ask(method, member, body)).status).toBe(status);
  }
});

it("says it too when the answer to COMMIT does not come in time, and lets go of the connection", async () => {
  const limits = { LOCK_TIMEOUT_MS: "1000", STATEMENT_TIMEOUT_MS: "2000" };
  const { ask, onAnswerTo } = await startBehindProxy({ ...limits, POOL_MAX: "1" });
  onAnswerTo("commit\0", (connection) => connection.fallSilent());
  const lost = await ask("POST", "/clans", { name: "Night Owls" }, key);
  expect([lost.status, lost.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
  expect((await ask("POST", "/clans", { name: "Night Owls" }, key)).headers.get("idempotency-replayed")).toBe(
    "true",
  );
});

it("says it of a write that was given up while it went on, and of no read", async () => {
  const limits = { LOCK_TIMEOUT_MS: "100", STATEMENT_TIMEOUT_MS: "1000", CONNECT_TIMEOUT_MS: "400" };
  const { ask, admin, proxy } = await startBehindProxy({ ...limits, HANDLER_TIMEOUT_MS: "1100" });
  await ask("GET", "/clans");
  proxy.delayMs.toClient = 400;
  const lost = await ask("POST", "/clans", { name: "Night Owls" }, key);
  expect([lost.status, lost.body.reason]).toEqual([503, "OUTCOME_UNKNOWN"]);
  await expect.poll(() => names(admin), { timeout: 5_000 }).toEqual(["Night Owls"]);
  proxy.delayMs.toClient = 1_500;
  const read = await ask("GET", "/clans");
  expect([read.status, read.body.reason]).toEqual([503, expect.not.stringMatching("OUTCOME_UNKNOWN")]);
});

it.each([
  ["a read", "select id, name, region", "GET"],
  ["a statement before COMMIT", "insert into clans", "POST"],
])(
  "says of %s that was not answered that the database is unavailable: nothing is stored",
  async (_, statement, method) => {
    const { ask, admin, onAnswerTo } = await startBehindProxy();
    onAnswerTo(statement, cut);
    const { status, body } = await ask(
      method,
      "/clans",
      method === "GET" ? undefined : { name: "Night Owls" },
      key,
    );
    expect([status, body.reason]).toEqual([503, "DATABASE_UNAVAILABLE"]);
    await expect.poll(async () => (await admin.query(advisoryLocks)).rowCount).toBe(0);
    expect(await names(admin)).toEqual([]);
  },
);

it("says it of no write that PostgreSQL refused, though the session ended with it", async () => {
  const { ask, admin } = await startBehindProxy();
  await admin.query("begin; lock table clans in access exclusive mode");
  const refused = ask("POST", "/clans", { name: "Night Owls" });
  await expect.poll(() => waitingForLock(admin)).toHaveLength(1);
  await admin.query("select pg_terminate_backend($1)", await waitingForLock(admin));
  expect([(await refused).status, (await refused).body.reason]).toEqual([503, "DATABASE_UNAVAILABLE"]);
  await admin.query("rollback");
  expect(await names(admin)).toEqual([]);
});

it("says that nothing is stored when the database ends transactions that take too long", async () => {
  const database = await createTestDatabase();
  const admin = await connect(database.adminUrl);
  const name = new URL(database.adminUrl).pathname.slice(1);
  await admin.query(`alter database ${name} set transaction_timeout = '300ms'`);
  const { app } = await startTestApp({}, { database });
  await admin.query("begin; lock table clans in access exclusive mode");
  const payload = { name: "Night Owls" };
  const refused = await app.inject({ method: "POST", url: "/clans", payload, headers: key });
  expect([refused.statusCode, refused.json().reason]).toEqual([503, "DATABASE_UNAVAILABLE"]);
  await admin.query("rollback");
  expect((await app.inject({ method: "POST", url: "/clans", payload, headers: key })).statusCode).toBe(201);
});

it("asks no other idle connection after one has fallen silent", async () => {
  const limits = { LOCK_TIMEOUT_MS: "1000", STATEMENT_TIMEOUT_MS: "2000" };
  const { ask, proxy } = await startBehindProxy(limits);
  await Promise.all(Array.from({ length: 8 }, () => ask("GET", "/clans")));
  expect(proxy.connections.size).toBeGreaterThan(2);
  for (const connection of proxy.connections) connection.fallSilent();
  expect((await ask("GET", "/clans")).status).toBe(503);
  expect((await ask("GET", "/clans")).status).toBe(200);
});
