import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { expect, it } from "vitest";
import { activity } from "../testkit/activity.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { connect } from "../testkit/database.ts";
import { writePart } from "../testkit/parts.ts";
import { start } from "../testkit/platform.ts";
import { temporaryFolder } from "../testkit/run.ts";

// Long and odd enough that nothing else has it.
const person = "person-7d1e-to-be-erased";

async function run(folder: string, [command = "", ...args]: string[], status = 0): Promise<void> {
  const { code, output } = await runCommandInProcess(command, args, { DATA_DIR: folder });
  expect([code, output]).toEqual([status, expect.any(String)]);
}

/** The files below a folder that have a text, but the databases', which keep deleted rows until they reuse their pages. */
async function filesWith(text: string, folder: string): Promise<string[]> {
  const { searched, found } = await search(text, folder);
  expect(searched).toContain(join(folder, "postgres", "postgres.log"));
  return found;
}

async function search(text: string, folder: string): Promise<{ searched: string[]; found: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(join(folder, "postgres", "data")) && !path.endsWith(".duckdb"));
  const found: string[] = [];
  for (const path of paths) if ((await readFile(path)).includes(text)) found.push(path);
  return { searched: paths, found };
}

/** The tables of the warehouse that have a text in a row: of all that there are. */
async function warehouseTablesWith(text: string, folder: string): Promise<string[]> {
  const warehouse = await openDuckdb(join(folder, "warehouse", "warehouse.duckdb"));
  try {
    const tables = await warehouse.query<{ name: string }>(
      `select table_schema || '.' || table_name as name
       from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema like 'clan_case_%'
       order by name`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await warehouse.query(
        `select 1 as n from ${name} as stored where strpos(cast(stored as string), '${text}') > 0 limit 1`,
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  } finally {
    await warehouse.close();
  }
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
  const create = async (name: string, fields: object = {}) =>
    ((await call("POST", "/clans", { name, ...fields })) as { id: string }).id;
  const former = await create("Riders of the Past");
  await call("PUT", `/clans/${former}/members/${person}`);
  await call("DELETE", `/clans/${former}/members/${person}`);
  const id = await create("Riders of the Erased", { leader_user_id: person });
  await call("PUT", `/clans/${id}/members/zoe`);
  await call("POST", "/user-activity", {
    rows: [activity({ user_id: person }), activity({ user_id: "zoe" })],
  });
  const url = /postgres(?:ql)?:\/\/\S+/.exec(platform.output())?.[0] ?? "no address was printed";
  // Joining deletes them, except where one was written at the same time.
  const admin = await connect(url);
  for (const table of ["clan_join_requests", "clan_invitations"])
    await admin.query(`insert into ${table} (clan_id, user_id) values ($1, $2)`, [former, person]);
  const rows = [
    activity({ user_id: person, platform: "PS5" }),
    ...["zoe", person].map((user_id) => activity({ user_id, event_date: "2024-03-04" })),
  ];
  // 2: some lines were rejected.
  await run(folder, ["load-raw", writePart(await temporaryFolder(), "part.csv", rows)], 2);
  await run(folder, ["sync"]);
  expect(await tablesWith(person, url)).toEqual([
    ...["clan_invitations", "clan_join_requests", "clan_members", "clan_membership_periods", "clans"],
    expect.stringMatching(/^user_activity_/),
  ]);
  expect(await warehouseTablesWith(person, folder)).toEqual([
    "clan_case_raw.clan_membership_periods",
    "clan_case_raw.user_daily_metrics_raw",
    "clan_case_raw.user_daily_metrics_rejected",
  ]);

  await call("DELETE", `/users/${person}`);
  await run(folder, ["sync"]);
  // For 90 days, so that the warehouse learns of it.
  expect(await tablesWith(person, url)).toEqual(["erased_users"]);
  expect(await warehouseTablesWith(person, folder)).toEqual([]);
  expect(await filesWith(person, folder)).toEqual([]);
  expect(platform.output()).not.toContain(person);
}, 300_000);
