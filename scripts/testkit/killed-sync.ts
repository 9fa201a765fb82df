import { writeSync } from "node:fs";
import { DuckDBConnection } from "@duckdb/node-api";
import pg from "pg";
import { parseSettings } from "../local/settings.ts";
import { syncLocally } from "../local/sync-locally.ts";

// `node killed-sync.ts STEP` syncs from the database of DATABASE_URL and kills itself with SIGKILL right before the STEPth
// statement to PostgreSQL or the warehouse, not counting those that open the warehouse. It prints that statement; nothing
// when it finished before.
let left = Number(process.argv[2]);
const opening =
  /^(set timezone|create schema|create table if|create or replace temp macro|create type)|duckdb_columns/;

function dieBefore(sql: string): void {
  if (opening.test(sql)) return;
  left--;
  if (left > 0) return;
  writeSync(1, sql);
  process.kill(process.pid, "SIGKILL");
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

spyOn(DuckDBConnection.prototype, "run", (sql) => dieBefore(String(sql)));
spyOn(pg.Client.prototype, "query", (query) =>
  dieBefore(typeof query === "string" ? query : (query as { text: string }).text),
);

const settings = parseSettings(process.env);
await syncLocally(settings.DATABASE_URL ?? "", settings);
