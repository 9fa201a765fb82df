import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runNode, startNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { waitUntil } from "../testkit/wait-until.ts";
import type { Ratio } from "./ratios.ts";
import { peakMemory } from "./resident-memory.ts";
import { median } from "./statistics.ts";

const clan = fileURLToPath(new URL("../clan.ts", import.meta.url));
const measureScript = fileURLToPath(new URL("warehouse-measure.ts", import.meta.url));
const rows = 7_300_000;

/** The warehouse's speed and memory at its reference size, as ratios. */
export const run = (): Promise<Ratio[]> =>
  inTemporaryFolder(async (folder) => [
    ...(await starts(folder)),
    ...(await loading(folder)),
    ...(await metrics(folder)),
  ]);

/** The first start with all rows, and a later one, to ready. */
async function starts(folder: string): Promise<Ratio[]> {
  console.log("  Starting for the first time, and again …");
  const data = join(folder, "start");
  const first = await secondsToReady(data);
  const later = await secondsToReady(data);
  rmSync(data, { recursive: true });
  const ratio = (what: string, seconds: number, limit: number): Ratio => ({
    what,
    ours: `${seconds.toFixed(1)} s`,
    against: `${limit} s`,
    ratio: seconds / limit,
  });
  return [
    ratio("first npm start relative to 1 min", first, 60),
    ratio("later npm start relative to 10 s", later, 10),
  ];
}

async function secondsToReady(data: string): Promise<number> {
  const startedAt = performance.now();
  const environment = { ...process.env, DATA_DIR: data, PORT: "0", DASHBOARD_PORT: "0" };
  const platform = startNode(clan, ["start"], { environment, showsErrors: true });
  const isReady = () => platform.output().includes("is ready") || !platform.isRunning();
  await waitUntil("npm start is ready", isReady, { seconds: 600 });
  const seconds = (performance.now() - startedAt) / 1_000;
  platform.kill("SIGTERM");
  await platform.ended;
  return seconds;
}

async function loading(folder: string): Promise<Ratio[]> {
  console.log(`  Generating ${rows.toLocaleString("en")} rows …`);
  const parts = join(folder, "parts");
  const generating = await timed(["generate-raw", "--out", parts, "--rows", String(rows)]);
  const bare: number[] = [];
  const ours: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < 3; round++) {
    console.log("  Loading them with DuckDB's read_csv, and with load-raw …");
    bare.push(await measured("read-csv", join(folder, `bare-${round}.duckdb`), parts));
    const loaded = await timed(["load-raw", parts], {
      DATA_DIR: join(folder, `data-${round}`),
    });
    ours.push(loaded.seconds);
    memory.push(loaded.megabytes);
  }
  const perSecond = rows / generating.seconds;
  return [
    {
      what: "generate-raw relative to 300,000 rows/s",
      ours: `${Math.round(perSecond).toLocaleString("en")} rows/s`,
      against: "300,000 rows/s",
      ratio: perSecond / 300_000,
    },
    {
      what: "load-raw relative to DuckDB's read_csv of the same parts",
      ours: `${median(ours).toFixed(1)} s`,
      against: `${median(bare).toFixed(1)} s`,
      ratio: median(ours) / median(bare),
    },
    {
      what: "peak memory of load-raw relative to 2 GB",
      ours: `${Math.round(Math.max(...memory))} MB`,
      against: "2000 MB",
      ratio: Math.max(...memory) / 2_000,
    },
  ];
}

async function metrics(folder: string): Promise<Ratio[]> {
  console.log("  Computing daily_metrics …");
  const database = join(folder, "data-0", "warehouse", "warehouse.duckdb");
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < 5; round++) {
    bare.push(await measured("query", database));
    ours.push(await measured("replace-days", database));
  }
  console.log("  Refreshing 3 days among 30, and among 360 …");
  const refreshed = async () => median(await repeated(5, () => measured("replace-3-days", database)));
  const among30 = await refreshed();
  await measured("grow-to-360-days", database);
  const among360 = await refreshed();
  return [
    {
      what: "daily_metrics of 30 days relative to the bare query",
      ours: `${(1_000 * median(ours)).toFixed(0)} ms`,
      against: `${(1_000 * median(bare)).toFixed(0)} ms`,
      ratio: median(ours) / median(bare),
    },
    {
      what: "refresh of 3 days among 360 relative to among 30",
      ours: `${(1_000 * among360).toFixed(0)} ms`,
      against: `${(1_000 * among30).toFixed(0)} ms`,
      ratio: among360 / among30,
    },
  ];
}

async function repeated<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let time = 0; time < times; time++) results.push(await work());
  return results;
}

async function measured(what: string, ...args: string[]): Promise<number> {
  return Number(await runNode(measureScript, [what, ...args], { environment: process.env }));
}

/** The duration of a command, and its highest resident memory. */
async function timed(
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ seconds: number; megabytes: number }> {
  const startedAt = performance.now();
  const child = startNode(clan, args, {
    environment: { ...process.env, ...environment },
    showsErrors: true,
  });
  const megabytes = await peakMemory(child.pid, child.ended);
  const { code } = await child.ended;
  if (code !== 0) throw new Error(`${args[0]} ended with exit code ${code}`);
  return { seconds: (performance.now() - startedAt) / 1_000, megabytes };
}
