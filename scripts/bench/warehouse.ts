import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { waitUntil } from "../testkit/wait-until.ts";
import type { Ratio } from "./ratios.ts";
import { peakMemory } from "./resident-memory.ts";
import { median, secondsText } from "./statistics.ts";
import { measured } from "./warehouse-measured.ts";

const clan = fileURLToPath(new URL("../clan.ts", import.meta.url));
const rows = 7_300_000;

/** The warehouse's speed and memory at its reference size, as ratios. */
export const run = (): Promise<Ratio[]> =>
  inTemporaryFolder(async (folder) => [
    ...(await starts(folder)),
    ...(await loading(folder)),
    ...(await metrics(folder)),
  ]);

/** The first start with all rows relative to what it can't do without, in pairs, and a later one, to ready. */
async function starts(folder: string): Promise<Ratio[]> {
  const generated: number[] = [];
  const bare: number[] = [];
  const first: number[] = [];
  const later: number[] = [];
  const [parts, data] = [join(folder, "synthetic"), join(folder, "start")];
  for (let round = 0; round < 3; round++) {
    console.log("  Generating rows and loading them with read_csv; starting for the first time, and again …");
    const { seconds } = await timed(["generate-raw", "--out", parts, "--rows", String(rows)]);
    generated.push(seconds);
    bare.push(seconds + (await measured("read-csv", join(folder, `synthetic-${round}.duckdb`), parts)));
    first.push(await secondsToReady(data));
    later.push(await secondsToReady(data));
    rmSync(data, { recursive: true });
  }
  rmSync(parts, { recursive: true });
  const perSecond = rows / median(generated);
  return [
    {
      what: "first npm start relative to generating plus read_csv",
      ours: secondsText(first),
      against: secondsText(bare),
      ratio: median(first) / median(bare),
    },
    {
      what: "later npm start relative to 10 s",
      ours: secondsText(later),
      against: "10 s",
      ratio: median(later) / 10,
    },
    {
      what: "generate-raw relative to 300,000 rows/s",
      ours: `${Math.round(perSecond).toLocaleString("en")} rows/s`,
      against: "300,000 rows/s",
      ratio: perSecond / 300_000,
    },
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

/** Of the parts of a real export: names of countries, lower case, floats. */
async function loading(folder: string): Promise<Ratio[]> {
  console.log("  Generating the parts of a real export …");
  const parts = join(folder, "parts");
  await timed(["generate-raw", "--shape", "real", "--out", parts]);
  const bare: number[] = [];
  const ours: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < 3; round++) {
    console.log("  Loading them with DuckDB's read_csv, and with load-raw …");
    bare.push(await measured("read-csv", join(folder, `bare-${round}.duckdb`), parts));
    const loaded = await timed(["load-raw", "--no-refresh", parts], {
      DATA_DIR: join(folder, `data-${round}`),
    });
    ours.push(loaded.seconds);
    memory.push(loaded.megabytes);
  }
  return [
    {
      what: "load-raw of a real export relative to DuckDB's read_csv",
      ours: secondsText(ours),
      against: secondsText(bare),
      ratio: median(ours) / median(bare),
    },
    {
      what: "peak memory of load-raw relative to 1.5 GB",
      ours: `${Math.round(Math.max(...memory))} MB`,
      against: "1500 MB",
      ratio: Math.max(...memory) / 1_500,
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
  const grown = join(folder, "grown.duckdb");
  cpSync(database, grown);
  await measured("grow", grown, "360");
  const among30: number[] = [];
  const among360: number[] = [];
  for (let round = 0; round < 5; round++) {
    among30.push(await measured("replace-3-days", database));
    among360.push(await measured("replace-3-days", grown));
  }
  return [
    {
      what: "daily_metrics of 30 days relative to the bare query",
      ours: secondsText(ours),
      against: secondsText(bare),
      ratio: median(ours) / median(bare),
    },
    {
      what: "refresh of 3 days among 360 relative to among 30",
      ours: secondsText(among360),
      against: secondsText(among30),
      ratio: median(among360) / median(among30),
    },
  ];
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
