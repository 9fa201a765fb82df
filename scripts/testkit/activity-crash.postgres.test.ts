import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { expect, it, onTestFinished } from "vitest";
import { compileCache } from "../local/compile-cache.ts";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { activity, toCsv } from "./activity.ts";
import { connect } from "./database.ts";
import { createCluster } from "./new-cluster.ts";
import { type RunningProcess, startNode } from "./process.ts";
import { temporaryFolder } from "./run.ts";

const server = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));
const settings = ["fsync=off", "max_prepared_transactions=1"];

const players = (from: number, to: number) =>
  toCsv(Array.from({ length: to - from }, (_, n) => activity({ user_id: `player-${from + n}` })));
const acknowledged = players(0, 5_000);
const large = players(5_000, 35_000);

async function startPostgres() {
  const folder = await temporaryFolder();
  await createCluster(folder);
  const first = await startCluster({ folder, settings });
  onTestFinished(() => first.stop().catch(() => {}));
  const url = clusterUrl(first, "postgres");
  await migrate(url);
  return {
    url,
    kill: () =>
      process.kill(
        Number.parseInt(readFileSync(join(folder, "data", "postmaster.pid"), "utf8"), 10),
        "SIGKILL",
      ),
    restart: async () => {
      const again = await startCluster({ folder, settings, port: first.port });
      onTestFinished(() => again.stop());
    },
  };
}

async function startService(databaseUrl: string): Promise<RunningProcess & { url: string }> {
  const environment = {
    DATABASE_URL: databaseUrl,
    PORT: "0",
    HOST: "127.0.0.1",
    NODE_COMPILE_CACHE: compileCache,
  };
  const service = startNode(server, [], { environment, showsErrors: true });
  onTestFinished(() => service.kill("SIGKILL"));
  await expect.poll(service.output, { timeout: 15_000 }).toContain("Listening on port");
  return { ...service, url: `http://127.0.0.1:${/Listening on port (\d+)/.exec(service.output())?.[1]}` };
}

/** Returns the status of the response; undefined when there was none. */
async function send(url: string, body: string | ReadableStream): Promise<number | undefined> {
  const init = {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body,
    duplex: "half",
  } as RequestInit;
  try {
    const answer = await fetch(`${url}/user-activity/import`, init);
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}

/** A body that stops half-way. */
function half(body: string): ReadableStream {
  const bytes = Buffer.from(body);
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes.subarray(0, bytes.length / 2)),
  });
}

async function untilRunning(databaseUrl: string, statement: string): Promise<void> {
  const client = await connect(databaseUrl);
  const running = async () => {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query ilike $1",
      [`%${statement}%`],
    );
    return rowCount;
  };
  await expect.poll(running, { timeout: 30_000, interval: 5 }).toBe(1);
}

/**
 * Holds a row that the large import stores, so that its last statement can't end: in a prepared transaction, which keeps its
 * locks when its session and PostgreSQL are gone. A backend outlives a killed postmaster until it next waits, and could
 * otherwise still commit.
 */
async function holdRow(databaseUrl: string, userId: string): Promise<void> {
  const client = await connect(databaseUrl);
  await client.query("begin");
  await client.query(
    `insert into user_activity
     select (json_populate_record(stored, json_build_object('user_id', $1::text))).*
     from user_activity as stored
     limit 1`,
    [userId],
  );
  await client.query("prepare transaction 'held'");
}

async function releaseRow(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  await client.query("rollback prepared 'held'");
}

async function countRows(databaseUrl: string): Promise<number | null> {
  const client = await connect(databaseUrl);
  return (await client.query("select from user_activity")).rowCount;
}

const moments: [moment: string, body: () => string | ReadableStream, statement: string][] = [
  ["while the body arrives", () => half(large), "copy staged_activity"],
  ["while its rows are stored", () => large, "with latest"],
];

it.each(moments)(
  "the service is killed %s: nothing of that import is stored, and everything acknowledged",
  async (_, body, statement) => {
    const postgres = await startPostgres();
    const first = await startService(postgres.url);
    expect(await send(first.url, acknowledged)).toBe(200);
    await holdRow(postgres.url, "player-5000");
    const broken = send(first.url, body());
    await untilRunning(postgres.url, statement);
    first.kill("SIGKILL");
    expect(await broken).toBeUndefined();

    const second = await startService(postgres.url);
    expect(await countRows(postgres.url)).toBe(5_000);
    await releaseRow(postgres.url);
    // The first service's session may still hold its rows until its statement has ended.
    expect(await send(second.url, large)).toBe(200);
    expect(await countRows(postgres.url)).toBe(35_000);
  },
  180_000,
);

it.each(moments)(
  "PostgreSQL is killed %s: nothing of that import is stored, and everything acknowledged",
  async (_, body, statement) => {
    const postgres = await startPostgres();
    const service = await startService(postgres.url);
    expect(await send(service.url, acknowledged)).toBe(200);
    await holdRow(postgres.url, "player-5000");
    const broken = send(service.url, body());
    await untilRunning(postgres.url, statement);
    postgres.kill();
    expect([503, undefined]).toContain(await broken);

    await postgres.restart();
    await releaseRow(postgres.url);
    expect(await countRows(postgres.url)).toBe(5_000);
    expect(await send(service.url, large)).toBe(200);
    expect(await countRows(postgres.url)).toBe(35_000);
    expect(service.isRunning()).toBe(true);
  },
  180_000,
);

it("an import in progress does not keep the service from stopping", async () => {
  const postgres = await startPostgres();
  const service = await startService(postgres.url);
  const broken = send(service.url, half(large));
  await untilRunning(postgres.url, "copy staged_activity");
  const signalledAt = performance.now();
  service.kill("SIGTERM");
  expect((await service.ended).code).toBe(0);
  expect(performance.now() - signalledAt).toBeLessThan(10_000);
  await broken;
  expect(await countRows(postgres.url)).toBe(0);
}, 300_000);
