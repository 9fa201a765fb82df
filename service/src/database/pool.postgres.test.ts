import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { startTcpProxy } from "@clan-platform/scripts/testkit/tcp-proxy.ts";
import { expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../config.ts";
import { useClient } from "./client.ts";
import { databaseFailure } from "./failures.ts";
import { createPool } from "./pool.ts";

it("lets PostgreSQL detect clients that vanished without closing the connection", async () => {
  const { serviceUrl } = await createTestDatabase();
  const pool = createPool(parseConfig({ DATABASE_URL: serviceUrl }), () => {});
  onTestFinished(() => pool.end());
  const { rows } = await pool.query("select name, setting::int from pg_settings where name like 'tcp_keep%'");
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  expect(settings).toMatchObject({ tcp_keepalives_idle: 60, tcp_keepalives_interval: 10 });
});

it("reads and writes dates, times and intervals the same, whatever the database has set", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  for (const setting of [
    "datestyle = 'SQL, DMY'",
    "timezone = 'Europe/Istanbul'",
    "intervalstyle = 'sql_standard'",
  ]) {
    const name = new URL(adminUrl).pathname.slice(1);
    await admin.query(`alter database ${name} set ${setting}`);
  }
  const pool = createPool(parseConfig({ DATABASE_URL: serviceUrl }), () => {});
  onTestFinished(() => pool.end());
  const { rows } = await pool.query(
    `select date '2024-03-05'::text as day, timestamptz '2024-03-05 10:00:00+00'::text as moment,
       interval '-1 day -2 hours'::text as duration, timestamptz '2024-03-05 10:00:00+00' as parsed`,
  );
  expect(rows).toEqual([
    {
      day: "2024-03-05",
      moment: "2024-03-05 10:00:00+00",
      duration: "-1 days -02:00:00",
      parsed: new Date("2024-03-05T10:00:00Z"),
    },
  ]);
});

it("runs transactions at read committed, whatever the database has set", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  const name = new URL(adminUrl).pathname.slice(1);
  await admin.query(`alter database ${name} set default_transaction_isolation = 'serializable'`);
  const pool = createPool(parseConfig({ DATABASE_URL: serviceUrl }), () => {});
  onTestFinished(() => pool.end());
  expect((await pool.query("show transaction_isolation")).rows).toEqual([
    { transaction_isolation: "read committed" },
  ]);
});

// https://www.postgresql.org/docs/18/protocol-message-formats.html
const readyForQuery = Buffer.from("Z\0\0\0\x05I");
const ended = errorResponse({ S: "FATAL", V: "FATAL", C: "57P01", M: "terminating connection" });

function errorResponse(fields: Record<string, string>): Buffer {
  const body = Object.entries(fields).map(([type, text]) => `${type}${text}\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body.join("")) + 1);
  return Buffer.concat([Buffer.from("E"), length, Buffer.from(`${body.join("")}\0`)]);
}

it("reports no session that PostgreSQL ends while the pool is closing it", async () => {
  const { serviceUrl } = await createTestDatabase();
  const url = new URL(serviceUrl);
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  url.port = String(proxy.port);
  const errors: Error[] = [];
  const pool = createPool(parseConfig({ DATABASE_URL: url.href }), (error) => errors.push(error));
  await pool.query("select 1");
  // Everything from now on is the goodbye.
  proxy.onBytes = (_, direction, connection) => {
    if (direction === "toClient") return;
    connection.fallSilent();
    connection.client.end(ended);
  };
  const removed = new Promise((resolve) => pool.once("remove", resolve));
  await pool.end();
  await removed;
  expect(errors).toEqual([]);
});

it("survives a session that PostgreSQL ends as soon as it is ready", async () => {
  const { serviceUrl } = await createTestDatabase();
  const url = new URL(serviceUrl);
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  url.port = String(proxy.port);
  let sessionsToEnd = 1;
  proxy.onBytes = (bytes, direction, connection) => {
    if (direction === "toServer" || !bytes.subarray(-6).equals(readyForQuery) || sessionsToEnd-- <= 0) return;
    connection.fallSilent();
    connection.client.end(Buffer.concat([bytes, ended]));
  };
  const pool = createPool(parseConfig({ DATABASE_URL: url.href }), () => {});
  onTestFinished(() => pool.end());

  // An error event without a listener would fail this test.
  const ask = async () => useClient(await pool.connect(), ({ client }) => client.query("select 1 as one"));
  const failure = await ask().catch((error) => error);
  expect(databaseFailure(failure)).toBe("unavailable");
  expect((await ask()).rows).toEqual([{ one: 1 }]);
});
