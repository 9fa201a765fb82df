import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseConfig } from "@clan-platform/service/config.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { serve } from "@clan-platform/service/serve.ts";
import pg from "pg";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../../testkit/run.ts";
import { startCluster } from "./cluster.ts";
import { clusterUrl } from "./connection.ts";
import { serverPid } from "./running-cluster.ts";

const settings = ["fsync=off"];

it("the service outlives its PostgreSQL: 503 while that is down, and serves again without a restart", async () => {
  const folder = await temporaryFolder();
  const first = await startCluster({ folder, settings });
  const url = clusterUrl(first, "postgres");
  await migrate(url);
  const config = parseConfig({ DATABASE_URL: url, PORT: "0", HOST: "127.0.0.1" });
  const service = await serve(config, pino({ level: "silent" }));
  onTestFinished(() => service.stop());
  const ask = (path: string) => fetch(`http://127.0.0.1:${service.port}${path}`);
  expect((await ask("/clans")).status).toBe(200);

  await first.stop();
  const answer = await ask("/clans");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await answer.json()).toMatchObject({ reason: "DATABASE_UNAVAILABLE" });
  await expect.poll(async () => (await ask("/health/ready")).status).toBe(503);
  expect((await ask("/health/live")).status).toBe(200);

  const second = await startCluster({ folder, settings, port: first.port });
  onTestFinished(() => second.stop());
  await expect.poll(async () => (await ask("/clans")).status, { timeout: 10_000 }).toBe(200);
});

it("writes neither a row nor where an error comes from to PostgreSQL's log", async () => {
  const folder = await temporaryFolder();
  const cluster = await startCluster({ folder, settings });
  onTestFinished(() => cluster.stop());
  const client = new pg.Client({ connectionString: clusterUrl(cluster, "postgres") });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("create table users (id text primary key)");
  for (const expected of ["inserted", "duplicate"]) {
    const inserted = client.query("insert into users values ($1)", ["player-secret"]).then(() => "inserted");
    expect(await inserted.catch(() => "duplicate")).toBe(expected);
  }
  const log = () => readFileSync(join(folder, "postgres.log"), "utf8");
  await expect.poll(log).toContain('violates unique constraint "users_pkey"');
  expect(log()).not.toContain("secret");
});

it("rejects a port that is taken, in one sentence", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as { port: number };
  await expect(startCluster({ folder: await temporaryFolder(), settings, port })).rejects.toThrow(
    `Port ${port} for PostgreSQL is taken: stop what listens there, or set POSTGRES_PORT to another one.`,
  );
});

it("runs two clusters side by side, each on a port of its own", async () => {
  const clusters = [];
  for (let i = 0; i < 2; i++) {
    const cluster = await startCluster({ folder: await temporaryFolder(), settings });
    onTestFinished(() => cluster.stop());
    clusters.push(cluster);
  }
  expect(new Set(clusters.map(({ port }) => port)).size).toBe(2);
});

it.each([false, true])("waits for a server that still shuts down (fresh: %s)", async (fresh) => {
  const folder = await temporaryFolder();
  const first = await startCluster({ folder, settings });
  // A "smart" shutdown waits for this client, as a fast one waits for its last checkpoint.
  const client = new pg.Client({ connectionString: clusterUrl(first, "postgres") });
  await client.connect();
  const pid = serverPid(folder) ?? 0;
  process.kill(pid, "SIGTERM");
  const lock = join(folder, "data", "postmaster.pid");
  await expect.poll(() => readFileSync(lock, "utf8")).toContain("stopping");
  const starting = startCluster({ folder, settings, fresh });
  onTestFinished(async () => (await starting).stop());
  const firstToCome = await Promise.race([starting, client.query("select pg_sleep(1)").then(() => "query")]);
  expect(firstToCome).toBe("query");
  await client.end();
  expect((await starting).password === first.password).toBe(!fresh);
  expect(serverPid(folder)).not.toBe(pid);
});
