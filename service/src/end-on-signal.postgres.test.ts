import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { describe, expect, it, onTestFinished } from "vitest";

// As in a container, each command is process 1 of its own PID namespace: the kernel drops a signal that it has no handler for.
// Where the system allows no such namespace (macOS, Ubuntu's AppArmor), a signal without a handler kills it, which fails as well.
const asProcess1 = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
const canIsolate = spawnSync("unshare", [...asProcess1.slice(1), "true"]).status === 0;

// Prints when the command begins to handle SIGTERM, and how many modules of packages were loaded by then: what comes before
// that is Node's own start, in which nothing can be handled.
const announceHandler = `--import=data:text/javascript,${encodeURIComponent(
  `import { Module } from "node:module";
   process.once("newListener", function announce(event) {
     if (event === "SIGTERM") process.stdout.write("handled after " + Object.keys(Module._cache).length + " modules;");
     else process.once("newListener", announce);
   });`,
)}`;
const handled = "handled after 0 modules;";

function start(script: string, environment: NodeJS.ProcessEnv) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const [command = "", ...args] = [
    ...(canIsolate ? asProcess1 : []),
    process.execPath,
    announceHandler,
    path,
  ];
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => code);
  /** Does nothing once it has ended. */
  const terminate = () => {
    const pid = canIsolate ? process1(child.pid ?? 0) : child.pid;
    if (pid && child.exitCode === null) process.kill(pid, "SIGTERM");
  };
  return { terminate, ended, output: () => output };
}

/** The process that is number 1 in the namespace of `unshare`. */
function process1(unshare: number): number {
  const children = `/proc/${unshare}/task/${unshare}/children`;
  return existsSync(children) ? Number(readFileSync(children, "utf8").trim().split(" ")[0]) : Number.NaN;
}

const moments = [50, 200, 500, 1_000];

describe("SIGTERM during the start, to process 1", () => {
  it.each(moments)("ends the service with 0, %i ms after it is handled", async (ms) => {
    const { serviceUrl } = await createTestDatabase();
    const { terminate, ended, output } = start("server.ts", { DATABASE_URL: serviceUrl, PORT: "0" });
    await expect.poll(output, { timeout: 20_000 }).toContain(handled);
    await delay(ms);
    const signalledAt = performance.now();
    terminate();
    expect(await ended, output()).toBe(0);
    expect(performance.now() - signalledAt).toBeLessThan(9_500);
  });

  it.each(moments)("ends the migration, which is all or nothing, %i ms after it is handled", async (ms) => {
    const { adminUrl } = await createTestDatabase({ template: "template0" });
    const admin = await connect(adminUrl);
    const { terminate, ended, output } = start("migrate.ts", { DATABASE_URL: adminUrl });
    await expect.poll(output, { timeout: 20_000 }).toContain(handled);
    await delay(ms);
    terminate();
    const exitCode = await ended;
    expect([0, 143], output()).toContain(exitCode);
    if (exitCode === 143) expect(output()).toMatch(/stopped by SIGTERM; run it again/);
    const isThere = async (table: string) =>
      (await admin.query("select to_regclass($1) is not null as there", [table])).rows[0].there;
    expect(await isThere("clans")).toBe(await isThere("schema_migrations"));
    if (exitCode === 0) expect(await isThere("clans")).toBe(true);
  });

  it("ends a migration that waits for a lock at once, and leaves nothing waiting", async () => {
    const { adminUrl } = await createTestDatabase({ template: "template0" });
    const admin = await connect(adminUrl);
    await admin.query("select pg_advisory_lock(7205759403792794)");
    const { terminate, ended, output } = start("migrate.ts", { DATABASE_URL: adminUrl });
    const waiting = async () =>
      (await admin.query("select from pg_locks where locktype = 'advisory' and not granted")).rowCount;
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
    terminate();
    expect(await ended, output()).toBe(143);
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
  });
});
