import { cpSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DuckDBConnection } from "@duckdb/node-api";
import pg from "pg";
import { parseSettings } from "../local/settings.ts";
import { syncLocally } from "../local/sync-locally.ts";
import { warehouseFolder } from "../local/warehouse-target.ts";

// `node killed-sync.ts STEP` syncs from the database of DATABASE_URL and kills itself with SIGKILL right before the STEPth
// statement to PostgreSQL or the warehouse, not counting those that open the warehouse. It prints that statement; nothing
// when it finished before.
// `node killed-sync.ts every FOLDER` syncs to the end. Before the nth statement it copies the files of the warehouse to
// FOLDER/n/warehouse, and prints the statement as a line of JSON: a SIGKILL would leave exactly these files, because what a
// process has written stays with the system.
const [step = "", folder = ""] = process.argv.slice(2);
const settings = parseSettings(process.env);
let passed = 0;
const opening =
  /^(set timezone|create schema|create table if|create or replace temp macro|create type)|duckdb_tables\(\) where not internal|pragma_table_info/;

function onStatement(sql: string): void {
  if (opening.test(sql)) return;
  passed++;
  if (step === "every") {
    cpSync(warehouseFolder(settings), join(folder, String(passed), "warehouse"), { recursive: true });
    writeSync(1, `${JSON.stringify(sql)}\n`);
  } else if (passed === Number(step)) {
    writeSync(1, sql);
    process.kill(process.pid, "SIGKILL");
  }
}

/** Calls `before` with the first argument of every call of a method. */
function spyOn<Name extends string>(
  target: Record<Name, (...args: never[]) => unknown>,
  name: Name,
  before: (argument: unknown) => void,
): void {
  const original = target[name];
  target[name] = function (this: unknown, ...args: never[]) {
    before(args[0]);
    return original.apply(this, args);
  };
}

spyOn(DuckDBConnection.prototype, "run", (sql) => onStatement(String(sql)));
spyOn(pg.Client.prototype, "query", (query) =>
  onStatement(typeof query === "string" ? query : (query as { text: string }).text),
);

await syncLocally(settings.DATABASE_URL ?? "", settings);
