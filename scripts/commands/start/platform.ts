import { relative, resolve } from "node:path";
import { parseConfig } from "@clan-platform/service/config.ts";
import type { RunningService } from "@clan-platform/service/serve.ts";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { type ClanDatabase, startClanDatabase } from "../../local/clan-database.ts";
import { type Filling, fillWarehouse } from "../../local/fill-warehouse.ts";
import { shutDownOnSignal } from "../../local/graceful-shutdown.ts";
import { removeWarehouse } from "../../local/remove-warehouse.ts";
import { type Seeding, seedInBackground } from "../../local/seed-members/seed-in-background.ts";
import type { DashboardProcess } from "../../local/serve-dashboard.ts";
import { parseSettings } from "../../local/settings.ts";
import { syncRegularly } from "../../local/sync-regularly.ts";
import { filesToLoad } from "../../local/unfinished-fill.ts";
import { warehouseFolder } from "../../local/warehouse-target.ts";
import { CliError } from "../terminal/cli-error.ts";
import { print } from "../terminal/print.ts";
import { addressesText, scheduleText, schemaText, step } from "./output.ts";
import { seedWhenEmpty } from "./seed-when-empty.ts";

export interface StartOptions {
  fresh?: boolean;
  rows: number;
  /** A file or folder to load instead of synthetic rows. */
  raw?: string;
  /** Loads files of which more than half is rejected. */
  allowRejects?: boolean;
  /** Minutes between two syncs; 0 for none. */
  every: number;
}

/** How its servers are started: `npm run dev` has others than `npm start`. */
export interface Servers {
  /** The clan API, with the settings of the environment, on the database of this URL. */
  startService(databaseUrl: string): Promise<RunningService>;
  startDashboard(): DashboardProcess;
}

/** What has been started, and has to be stopped. */
interface Running {
  dashboard?: DashboardProcess;
  database?: ClanDatabase;
  service?: RunningService;
  filling?: Filling;
  seeding?: Seeding;
  syncing?: ReturnType<typeof syncRegularly>;
}

/**
 * Runs the whole platform until a signal stops it.
 * @throws {CliError} when its PostgreSQL ends before that
 */
export async function runPlatform(options: StartOptions, servers: Servers): Promise<void> {
  const running: Running = {};
  const shutdown = shutDownOnSignal(() => stop(running));
  try {
    await start(options, servers, running, shutdown.hasBegun);
    await running.database?.ended;
    throw new CliError(
      "PostgreSQL has ended, and everything else was stopped: postgres/postgres.log in the data folder may say why; start again with npm start.",
    );
  } catch (error) {
    // Ctrl-C interrupts what is still starting, which is no failure of it.
    if (shutdown.hasBegun()) return;
    await shutdown.begin();
    throw error;
  }
}

async function stop({ filling, seeding, syncing, service, dashboard, database }: Running): Promise<void> {
  filling?.stop();
  seeding?.stop();
  syncing?.stop();
  await Promise.all([service?.stop(), dashboard?.stop()]);
  await database?.close();
}

async function start(
  { fresh = false, rows, raw: path, allowRejects = false, every }: StartOptions,
  { startService, startDashboard }: Servers,
  running: Running,
  isStopping: () => boolean,
): Promise<void> {
  const settings = parseSettings(process.env);
  // Parsed before anything is started, so that a wrong value leaves nothing behind.
  parseConfig({ ...process.env, DATABASE_URL: "postgres://" });
  const raw = path === undefined ? undefined : resolve(path);
  if (raw !== undefined) findRawFiles([raw]);
  if (!fresh) filesToLoad(warehouseFolder(settings), raw, allowRejects);

  const dashboard = startDashboard();
  running.dashboard = dashboard;
  step("Starting", settings.DATABASE_URL ? "on the database of DATABASE_URL" : "the embedded PostgreSQL 18");
  const database = await startClanDatabase(settings, { fresh });
  running.database = database;
  if (fresh) removeWarehouse(warehouseFolder(settings));
  step("Schema", schemaText(database.migration));
  step("Clans", await seedWhenEmpty(database.serviceUrl));

  const service = await startService(database.serviceUrl);
  running.service = service;
  const api = `http://localhost:${service.port}`;
  step("API", `${api}/clans`);
  // Its failure is reported below.
  dashboard.address.then(
    (url) => step("Dashboard", url),
    () => {},
  );

  const startSeeding = () => {
    if (isStopping()) return;
    step("Members", "being seeded in the background: the synthetic players join clans");
    running.seeding = seedInBackground({
      databaseUrl: database.adminUrl,
      isEmbedded: database.isEmbedded,
      onOutcome: (line) => step("Members", line),
    });
  };
  running.filling = fillWarehouse({
    rows,
    raw,
    allowRejects,
    dashboardPid: dashboard.pid,
    onMembersToSeed: startSeeding,
  });
  const [{ summary, rejected }, dashboardUrl] = await Promise.all([
    running.filling.outcome,
    dashboard.address,
  ]);
  dashboard.ended.then(() => {
    if (!isStopping()) step("Dashboard", "has ended; npm run dashboard serves it again");
  });
  step("Warehouse", summary);
  if (rejected) step("REJECTED", rejected);
  step("Sync", scheduleText(every));
  const addresses = {
    api,
    dashboard: dashboardUrl,
    database: database.isEmbedded ? database.adminUrl : undefined,
    dataFolder: relative(process.cwd(), settings.DATA_DIR) || ".",
  };
  print(addressesText(addresses));
  // Ctrl-C may have come while the warehouse was being filled.
  if (isStopping()) return;
  if (every === 0) return;
  const startSyncing = () => {
    if (isStopping()) return;
    running.syncing = syncRegularly({
      databaseUrl: database.adminUrl,
      minutes: every,
      dashboardPid: dashboard.pid,
      onOutcome: (line) => step("Synced", `${new Date().toTimeString().slice(0, 5)}  ${line}`),
    });
  };
  // The first sync brings the members.
  if (running.seeding) void running.seeding.ended.then(startSyncing);
  else startSyncing();
}
