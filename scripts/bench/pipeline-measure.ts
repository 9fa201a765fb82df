import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { parseSettings } from "../local/settings.ts";
import { syncLocally } from "../local/sync-locally.ts";

// `node pipeline-measure.ts sync|bare URL FOLDER` copies user_activity from a PostgreSQL and prints the duration in seconds.
// Each in a process of its own, so that all start from the same state.
const [what = "", url = "", folder = ""] = process.argv.slice(2);
const startedAt = performance.now();
if (what === "sync") await syncLocally(url, parseSettings({ DATA_DIR: folder }));
else await bare();
console.log((performance.now() - startedAt) / 1_000);

/** COPY … TO a file, and DuckDB's read_csv of it into a table. */
async function bare(): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const path = join(folder, "bare.csv");
  const copy = copyTo(`copy (select ${activityFields} from user_activity) to stdout (format csv, header)`);
  await pipeline(client.query(copy), createWriteStream(path));
  await client.end();
  const instance = await DuckDBInstance.create(join(folder, "bare.duckdb"));
  const connection = await instance.connect();
  await connection.run(`create or replace table bare as from read_csv('${path}')`);
  await connection.run("checkpoint");
  connection.closeSync();
  instance.closeSync();
}
