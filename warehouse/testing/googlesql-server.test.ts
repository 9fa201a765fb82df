import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { startGoogleSqlServer } from "./googlesql-server.ts";

it("leaves nothing behind when it has stopped", async () => {
  const server = await startGoogleSqlServer();
  expect(existsSync(server.folder)).toBe(true);
  await server.stop();
  expect(existsSync(server.folder)).toBe(false);
});

it("ends with the process that started it, however that ends", async () => {
  const module = new URL("googlesql-server.ts", import.meta.url).href;
  const script = `const { startGoogleSqlServer } = await import(${JSON.stringify(module)});
    console.log((await startGoogleSqlServer()).folder);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [folder] = await once(createInterface(child.stdout), "line");
  expect(existsSync(folder)).toBe(true);
  child.kill("SIGKILL");
  // The guard removes the folder after the server.
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
});
