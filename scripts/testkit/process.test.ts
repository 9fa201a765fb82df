import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { freePort } from "./free-port.ts";
import { runNode, startNode } from "./process.ts";
import { temporaryFolder } from "./run.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { WaitTimeout, waitUntil } from "./wait-until.ts";

async function script(text: string): Promise<string> {
  const path = join(await temporaryFolder(), "script.mjs");
  writeFileSync(path, text);
  return path;
}

it("runs a script with only the given environment, and collects what it writes", async () => {
  const path = await script(
    `console.log(Object.keys(process.env).sort().join()); console.error(process.argv[2]); process.exitCode = 3;`,
  );
  const { ended } = startNode(path, ["oops"], { environment: { SETTING: "1" } });
  expect(await ended).toEqual({ code: 3, output: "PATH,SETTING\noops\n", stdout: "PATH,SETTING\n" });
  await expect(runNode(path, ["oops"])).rejects.toThrow(/ended with exit code 3: PATH\noops/);
});

it("reports a process that a signal ended", async () => {
  const running = startNode(await script("console.log('ready'); setInterval(() => {}, 1_000)"));
  await waitUntil("it is ready", () => running.output().includes("ready"));
  expect(running.isRunning()).toBe(true);
  running.kill("SIGKILL");
  expect((await running.ended).code).toBeNull();
  expect(running.isRunning()).toBe(false);
});

it("waits for a value, and says what did not come", async () => {
  let asked = 0;
  expect(await waitUntil("it is 3", async () => ++asked === 3 && asked, { everyMs: 1 })).toBe(3);
  const never = waitUntil("it comes", () => undefined, { seconds: 0.05 });
  await expect(never).rejects.toThrow(new WaitTimeout("timed out after 0.05 s waiting until it comes"));
});

it("finds different ports that are free, below the ephemeral ones", async () => {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) {
    const server = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThanOrEqual(32_000);
  }
});

it("draws the same numbers for the same seed", () => {
  const draw = (seed: number) => {
    const random = createSeededRandom(seed);
    return [random.fraction(), random.below(10), random.chance(0.5), random.shuffled([1, 2, 3, 4, 5])];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
