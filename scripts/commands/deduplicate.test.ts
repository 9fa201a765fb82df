import { join } from "node:path";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { deduplicate } from "@clan-platform/warehouse/tables/user_daily_metrics_raw/deduplicate.ts";
import { expect, it } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { activityRows, readWarehouse, writePart } from "../testkit/parts.ts";
import { temporaryFolder } from "../testkit/run.ts";

async function run(script: string, args: string[], DATA_DIR: string) {
  const { code, output } = await runCommandInProcess(script, args, { DATA_DIR });
  return { code, output: output.replace(/\s+/g, " ") };
}

/** The commands that validate names, with their arguments. */
const namedCommands = (output: string) =>
  [...output.matchAll(/npm run (\S+)((?: -- (?:--\S+ ?)+)?)/g)].map(([, name = "", args = ""]) => ({
    name,
    args: args.split(" ").filter((part) => part && part !== "--"),
  }));

it.each([
  ["clan_case_raw.user_daily_metrics_raw", "deduplicate"],
  ["clan_case_analytics.daily_metrics", "backfill"],
])(
  "a key that %s has twice fails validate, and the command that it names repairs it: %s",
  async (table, repair) => {
    const data = await temporaryFolder();
    await run("load-raw", [writePart(data, "a.csv", activityRows(10, ["2024-03-01", "2024-03-02"]))], data);
    await run("backfill", ["--yes"], data);
    await readWarehouse(
      data,
      `insert into ${table} from ${table} where event_date = date '2024-03-02' limit 1`,
    );

    const failed = await run("validate", [], data);
    expect(failed.code).toBe(1);
    const named = namedCommands(failed.output).find(({ name }) => name === repair);
    expect(named, failed.output).toBeDefined();
    const shown = await run(repair, [], data);
    expect(shown.output).toMatch(/2024-03-02 .* add --yes/);
    expect((await run("validate", [], data)).code).toBe(1);

    expect((await run(repair, ["--yes"], data)).code).toBe(0);
    expect((await run("validate", [], data)).code).toBe(0);
    expect((await run(repair, [], data)).output).toContain("nothing to do");
  },
  120_000,
);

it("removes the rows and exits with 0 also when nobody reads what it prints", async () => {
  const data = await temporaryFolder();
  await run("load-raw", [writePart(data, "a.csv", activityRows(10, ["2024-03-01"]))], data);
  const raw = "clan_case_raw.user_daily_metrics_raw";
  await readWarehouse(data, `insert into ${raw} from ${raw}`);
  const { child, ended } = runCommand("deduplicate", ["--yes"], { DATA_DIR: data });
  child.stdout?.destroy();
  expect(await ended).toBe(0);
  expect((await run("deduplicate", [], data)).output).toContain("nothing to do");
}, 120_000);

it("recomputes the metrics of a day after an interruption, when it is run again", async () => {
  const data = await temporaryFolder();
  await run("load-raw", [writePart(data, "a.csv", activityRows(10, ["2024-03-01"]))], data);
  const raw = "clan_case_raw.user_daily_metrics_raw";
  await readWarehouse(data, `insert into ${raw} from ${raw}`);
  await run("backfill", ["--yes"], data);
  const warehouse = await openDuckdb(join(data, "warehouse", "warehouse.duckdb"));
  const interrupted = deduplicate(
    {
      ...warehouse,
      async runScript(statements) {
        await warehouse.runScript(statements);
        throw new Error("interrupted");
      },
    },
    "2024-03-01",
  );
  await expect(interrupted).rejects.toThrow("interrupted");
  await warehouse.close();
  expect((await run("validate", [], data)).code).toBe(1);
  expect((await run("deduplicate", ["--yes"], data)).output).toContain("nothing to do");
  expect((await run("validate", [], data)).code).toBe(0);
}, 120_000);
