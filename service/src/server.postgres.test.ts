import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect as connectSocket, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { connect, createTestDatabase, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { foreignVariables } from "@clan-platform/scripts/testkit/foreign-variables.ts";
import { startNode } from "@clan-platform/scripts/testkit/process.ts";
import { expect, it, onTestFinished } from "vitest";

interface ServerProcess {
  child: ChildProcess;
  port: number;
  output: () => string;
}

const entryPoint = fileURLToPath(new URL("server.ts", import.meta.url));

function spawnServer(environment: NodeJS.ProcessEnv) {
  const { child, output } = startNode(entryPoint, [], { environment });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, output };
}

/** The real process on a database of its own. */
async function startServer(databaseUrl: string, others: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const environment = { DATABASE_URL: databaseUrl, PORT: "0", HOST: "127.0.0.1", ...others };
  const { child, output } = spawnServer(environment);
  await expect.poll(output, { timeout: 15_000 }).toContain("Listening on port");
  return { child, output, port: Number(/Listening on port (\d+)/.exec(output())?.[1]) };
}

async function send(port: number, agent: Agent, method: string, path: string, body?: unknown) {
  const headers = body ? { "content-type": "application/json" } : {};
  const outgoing = request({ port, host: "127.0.0.1", agent, method, path, headers });
  outgoing.end(body ? JSON.stringify(body) : undefined);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

it("finishes running requests after SIGTERM, asks keep-alive clients to close, and exits with 0 in 10 s", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const { child, port, output } = await startServer(serviceUrl);
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })] as const;
  for (const agent of agents) {
    expect((await send(port, agent, "GET", "/health/live")).headers.connection).toBe("keep-alive");
  }
  const admin = await connect(adminUrl);
  await admin.query("begin; lock table clans in access exclusive mode");
  const running = send(port, agents[0], "POST", "/clans", { name: "Night Owls" });
  await expect.poll(() => waitingForLock(admin)).toHaveLength(1);

  const exited = once(child, "exit");
  const signalledAt = performance.now();
  child.kill("SIGTERM");
  await expect.poll(output).toContain("Stopping on SIGTERM");
  const lastWord = await send(port, agents[1], "GET", "/health/live");
  expect([lastWord.status, lastWord.headers.connection]).toEqual([200, "close"]);
  await admin.query("rollback");

  const answer = await running;
  expect([answer.status, answer.headers.connection]).toEqual([201, "close"]);
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - signalledAt).toBeLessThan(10_000);
  expect((await admin.query("select name from clans")).rows).toEqual([{ name: "Night Owls" }]);
});

it("connects as DATABASE_URL says, whatever variables of PostgreSQL are set for other servers", async () => {
  const { serviceUrl } = await createTestDatabase();
  const { port } = await startServer(serviceUrl, foreignVariables);
  expect((await send(port, new Agent(), "GET", "/clans")).status).toBe(200);
});

it.each([
  ["that sends nothing", ""],
  ["with half a header", "GET /health/live HT"],
  [
    "with half a body",
    "POST /clans HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
  ],
])("is not kept from stopping by a connection %s", async (_, sent) => {
  const { serviceUrl } = await createTestDatabase();
  const { child, port } = await startServer(serviceUrl);
  const socket = connectSocket(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(sent);
  await send(port, new Agent(), "GET", "/health/live");
  const exited = once(child, "exit");
  const signalledAt = performance.now();
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - signalledAt).toBeLessThan(10_000);
});

it("starts while the database is unavailable, and reports it when asked", async () => {
  const { port } = await startServer("postgres://clan_service:test@127.0.0.1:1/clan");
  const agent = new Agent();
  expect((await send(port, agent, "GET", "/health/live")).status).toBe(200);
  expect((await send(port, agent, "GET", "/health/ready")).status).toBe(503);
});

it.each([
  [{}, /^clan-service: DATABASE_URL is not set.*\n$/],
  [{ DATABASE_URL: "postgres://x", PORT: "abc" }, /^clan-service: PORT must be a whole number.*\n$/],
  [
    { DATABASE_URL: "postgres://x", PORT: "6000" },
    /^clan-service: PORT is a port that fetch and browsers.*\n$/,
  ],
])("refuses the environment %o in one line", async (environment, message) => {
  const { child, output } = spawnServer(environment);
  expect(await once(child, "close")).toEqual([1, null]);
  expect(output()).toMatch(message);
});

it("says in one line that its port is taken", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as { port: number };
  const { child, output } = spawnServer({
    DATABASE_URL: "postgres://x",
    PORT: String(port),
    HOST: "127.0.0.1",
  });
  expect(await once(child, "close")).toEqual([1, null]);
  expect(output()).toBe(
    `clan-service: Port ${port} is taken: stop what listens there, or set PORT to another one.\n`,
  );
});
