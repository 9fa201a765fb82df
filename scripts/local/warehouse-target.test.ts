import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { startNode } from "../testkit/process.ts";
import { runScript, temporaryFolder } from "../testkit/run.ts";
import { parseSettings } from "./settings.ts";
import { localWarehouseFile, openWarehouse } from "./warehouse-target.ts";

/** A local warehouse, and a process that holds its file until it is killed. */
async function heldWarehouse() {
  const settings = parseSettings({ DATA_DIR: await temporaryFolder() });
  await (await openWarehouse("local", settings)).close();
  const hold = `import { DuckDBInstance } from "@duckdb/node-api";
    const instance = await DuckDBInstance.create(${JSON.stringify(localWarehouseFile(settings))});
    console.log("held"); setInterval(() => instance, 1_000);`;
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const holder = startNode("--input-type=module", ["--eval", hold], { cwd });
  onTestFinished(() => holder.kill("SIGKILL"));
  await expect.poll(holder.output).toContain("held");
  return { settings, holder };
}

it.each([
  ["says whom it waits for", false],
  ["waits silently for a process that holds it for moments", true],
])("opening the local warehouse %s", async (_, isBrief) => {
  const { settings, holder } = await heldWarehouse();
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());

  const startedAt = performance.now();
  const opening = openWarehouse("local", settings, { briefHolder: isBrief ? holder.pid : undefined });
  if (isBrief) await expect.poll(() => performance.now() - startedAt).toBeGreaterThan(1_500);
  else {
    await expect
      .poll(() => said.mock.calls.flat())
      .toEqual([`  Waiting for process ${holder.pid}, which holds the local warehouse …`]);
  }
  holder.kill("SIGKILL");
  await (await opening).close();
  expect(said).toHaveBeenCalledTimes(isBrief ? 0 : 1);
});

it.each([
  ["says that it waits for another command", false],
  ["waits silently for the dashboard of its own start", true],
])("the regular sync %s", async (_, isOwn) => {
  const { settings, holder } = await heldWarehouse();
  const environment = { DATA_DIR: settings.DATA_DIR, DATABASE_URL: "postgres://nobody@127.0.0.1:1/clan" };
  const startedAt = performance.now();
  const sync = runScript("local/sync-process.ts", [String(isOwn ? holder.pid : process.pid)], environment);
  const waiting = `  Waiting for process ${holder.pid}, which holds the local warehouse …\n`;
  if (isOwn) await expect.poll(() => performance.now() - startedAt).toBeGreaterThan(4_000);
  else await expect.poll(sync.output).toBe(waiting);
  expect(sync.child.exitCode).toBe(null);
  holder.kill("SIGKILL");
  await sync.ended;
  expect(sync.output()).toBe(isOwn ? "" : waiting);
});
