import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { activity } from "../testkit/activity.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { connect } from "../testkit/database.ts";
import { readWarehouse } from "../testkit/parts.ts";
import { start } from "../testkit/platform.ts";
import { temporaryFolder } from "../testkit/run.ts";

// Long and odd enough that nothing else has it.
const person = "person-7d1e-to-be-erased";

async function sync(folder: string): Promise<void> {
  const { code, output } = await runCommandInProcess("sync", [], { DATA_DIR: folder });
  expect([code, output]).toEqual([0, expect.any(String)]);
}

/** The files below a folder that have a text, but the databases', which keep deleted rows until they reuse their pages. */
async function filesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(folder, "postgres"))) continue;
    if (path.endsWith(".duckdb")) continue;
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

/** The rows of the warehouse that have a text: raw and rejected ones; the other tables are sums. */
async function rawRowsOf(text: string, folder: string): Promise<unknown[]> {
  const tables = ["user_daily_metrics_raw", "user_daily_metrics_rejected"];
  const rows: unknown[] = [];
  for (const table of tables) rows.push(...(await readWarehouse(folder, `from clan_case_raw.${table}`)));
  return rows.filter((row) => JSON.stringify(row).includes(text));
}

async function tablesWith(text: string, url: string): Promise<string[]> {
  const admin = await connect(url);
  const { rows } = await admin.query(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  const found: string[] = [];
  for (const { relname } of rows) {
    const query = `select from ${relname} as row where strpos(row::text, $1) > 0 limit 1`;
    if ((await admin.query(query, [text])).rowCount) found.push(relname);
  }
  return found;
}

it("an erased person is in no row of PostgreSQL, the warehouse and its rejects, and in no log", async () => {
  const folder = await temporaryFolder();
  const platform = await start(folder);
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${platform.api}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
    return response.status === 204 ? undefined : response.json();
  };
  const { id } = (await call("POST", "/clans", { name: "Riders of the Erased", leader_user_id: person })) as {
    id: string;
  };
  await call("PUT", `/clans/${id}/members/zoe`);
  await call("POST", "/user-activity", {
    rows: [activity({ user_id: person }), activity({ user_id: "zoe" })],
  });
  await sync(folder);
  const url = /postgres(?:ql)?:\/\/\S+/.exec(platform.output())?.[0] ?? "no address was printed";
  expect(await tablesWith(person, url)).toContain("clan_members");
  expect(await rawRowsOf(person, folder)).toHaveLength(1);

  await call("DELETE", `/users/${person}`);
  await sync(folder);
  // For 90 days, so that the warehouse learns of it.
  expect(await tablesWith(person, url)).toEqual(["erased_users"]);
  expect(await rawRowsOf(person, folder)).toEqual([]);
  expect(await filesWith(person, folder)).toEqual([]);
  expect(platform.output()).not.toContain(person);
}, 300_000);
