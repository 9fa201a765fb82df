import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseConfig } from "@clan-platform/service/config.ts";
import { createLogger } from "@clan-platform/service/logging.ts";
import { type RunningService, serve } from "@clan-platform/service/serve.ts";
import pg from "pg";
import { type ClanDatabase, startClanDatabase } from "../local/clan-database.ts";
import { type Filling, fillWarehouse } from "../local/fill-warehouse.ts";
import { type DashboardProcess, startDashboard } from "../local/serve-dashboard.ts";
import { parseSettings } from "../local/settings.ts";
import { syncRegularly } from "../local/sync-regularly.ts";
import { untilStopped } from "../local/until-stopped.ts";
import { warehouseFolder } from "../local/warehouse-target.ts";
import { readClanFile } from "./seed-clans/clan-file.ts";
import { insertClans } from "./seed-clans/insert-clans.ts";
import { exitWith, withUsage } from "./terminal/refusal.ts";

const usage =
  "usage: npm start [-- --fresh --rows 7300000 --every 5]   (--fresh throws the local data away first; --rows is how many " +
  "the warehouse is filled with when it is empty, 0 for none; --every is how many minutes lie between two syncs, 0 for none)";
const clanFile = fileURLToPath(new URL("../data/clans.csv", import.meta.url));

const startedAt = performance.now();
let database: ClanDatabase | undefined;
let service: RunningService | undefined;
let filling: Filling | undefined;
let dashboard: DashboardProcess | undefined;
let syncing: ReturnType<typeof syncRegularly> | undefined;
const stopped = untilStopped(async () => {
  filling?.stop();
  syncing?.stop();
  await Promise.all([service?.stop(), dashboard?.stop()]);
  await database?.close();
});

try {
  const { fresh, rows, every } = readArguments();
  const settings = parseSettings(process.env);
  // Parsed before anything is started, so that a wrong value leaves nothing behind.
  const configWith = (url: string) => parseConfig({ ...process.env, DATABASE_URL: url });
  configWith("postgres://");

  dashboard = startDashboard();
  step("Starting", settings.DATABASE_URL ? "on the database of DATABASE_URL" : "the embedded PostgreSQL 18");
  database = await startClanDatabase(settings, { fresh });
  if (fresh) rmSync(warehouseFolder(settings), { recursive: true, force: true });
  const { applied, version, newerThanCode } = database.migration;
  const newer = newerThanCode ? " (newer than this code)" : "";
  step(
    "Schema",
    applied.length > 0
      ? `migrated to version ${version}: ${applied.join(", ")}`
      : `at version ${version}${newer}`,
  );
  step("Clans", await seedWhenEmpty(database));

  const config = configWith(database.serviceUrl);
  service = await serve(
    config,
    await createLogger({ ...config, LOG_LEVEL: process.env.LOG_LEVEL ? config.LOG_LEVEL : "warn" }),
  );

  filling = fillWarehouse(rows);
  const [summary, dashboardAddress] = await Promise.all([filling.summary, dashboard.address]);
  step("Warehouse", summary);
  step(
    "Sync",
    every === 0
      ? "npm run sync brings what the API takes in into the warehouse"
      : `every ${every === 1 ? "minute" : `${every} minutes`}; at once with npm run sync`,
  );

  const api = `http://localhost:${service.port}`;
  const data = database.isEmbedded ? relative(process.cwd(), settings.DATA_DIR) || "." : "at DATABASE_URL";
  console.log(`
  The clan platform is ready (${((performance.now() - startedAt) / 1_000).toFixed(1)} s).

  API          ${api}/clans
  API docs     ${api}/docs
  OpenAPI      ${api}/openapi.json
  Dashboard    ${dashboardAddress}
  PostgreSQL   ${database.isEmbedded ? database.adminUrl : "at DATABASE_URL"}
               (for psql or DBeaver)
  Warehouse    npm run validate, or any SQL on ${join(data, "warehouse/warehouse.duckdb")}
  Data         ${data}
  Stop         Ctrl-C; the data stays. To begin anew: npm start -- --fresh
`);
  // Ctrl-C may have come while it was being filled.
  if (every > 0 && !stopped.isStopping()) {
    const onOutcome = (line: string) => step("Synced", `${new Date().toTimeString().slice(0, 5)}  ${line}`);
    syncing = syncRegularly({ databaseUrl: database.adminUrl, minutes: every, onOutcome });
  }
} catch (error) {
  // Ctrl-C ends what is still being started, and is no failure of it.
  if (!stopped.isStopping()) {
    await stopped.stopNow();
    exitWith(error);
  }
}

function readArguments(): { fresh: boolean; rows: number; every: number } {
  return withUsage(usage, () => {
    const { values } = parseArgs({
      options: {
        fresh: { type: "boolean", default: false },
        rows: { type: "string", default: "7300000" },
        every: { type: "string", default: "5" },
      },
    });
    if (!/^\d{1,8}$/.test(values.rows))
      throw new Error(`--rows must be a number from 0 to 99999999, not ${values.rows}`);
    if (!/^\d{1,4}$/.test(values.every))
      throw new Error(`--every must be a number of minutes from 0 to 9999, not ${values.every}`);
    return { fresh: values.fresh, rows: Number(values.rows), every: Number(values.every) };
  });
}

/** A database that has clans is somebody's: what they deleted stays deleted. */
async function seedWhenEmpty({ serviceUrl }: ClanDatabase): Promise<string> {
  const count = await countClans(serviceUrl);
  if (count > 0) return `${count} are there`;
  const { inserted, repeated, rejected } = await insertClans(serviceUrl, readClanFile(clanFile));
  return `${inserted} seeded from scripts/data/clans.csv (${rejected} lines rejected, ${repeated} repeated)`;
}

async function countClans(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, options: "-c role=clan_app" });
  await client.connect();
  try {
    const { rows } = await client.query("select count(*)::int as count from clans");
    return rows[0].count;
  } finally {
    await client.end();
  }
}

function step(what: string, how: string): void {
  console.log(`  ${what.padEnd(12)} ${how}`);
}
