import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { startNode } from "../testkit/process.ts";
import { temporaryFolder } from "../testkit/run.ts";
import { parseSettings } from "./settings.ts";
import { localWarehouseFile, openWarehouse } from "./warehouse-target.ts";

it.each([
  ["says whom it waits for", false],
  ["waits silently for a process that holds it for moments", true],
])("opening the local warehouse %s", async (_, isBrief) => {
  const settings = parseSettings({ DATA_DIR: await temporaryFolder() });
  await (await openWarehouse("local", settings)).close();
  const hold = `import { DuckDBInstance } from "@duckdb/node-api";
    const instance = await DuckDBInstance.create(${JSON.stringify(localWarehouseFile(settings))});
    console.log("held"); setInterval(() => instance, 1_000);`;
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const holder = startNode("--input-type=module", ["--eval", hold], { cwd });
  onTestFinished(() => holder.kill("SIGKILL"));
  await expect.poll(holder.output).toContain("held");
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
