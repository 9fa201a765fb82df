import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, type Ratio } from "./ratios.ts";
import { highestMemory } from "./resident-memory.ts";

const runProgram = promisify(execFile);
const clan = fileURLToPath(new URL("../clan.ts", import.meta.url));
const measure = fileURLToPath(new URL("warehouse-measure.ts", import.meta.url));
const rows = 7_300_000;

/** The warehouse's speed and memory at its reference size, as ratios. */
export async function run(): Promise<Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "clan-bench-"));
  try {
    return [...(await starts(folder)), ...(await loading(folder)), ...(await metrics(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
  return [ratio("first npm start over a minute", first, 60), ratio("later npm start over 10 s", later, 10)];
}

async function secondsToReady(data: string): Promise<number> {
  const startedAt = performance.now();
  const env = { ...process.env, DATA_DIR: data, PORT: "0", DASHBOARD_PORT: "0" };
  const child = spawn(process.execPath, [clan, "start"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const chunk of child.stdout) if (String(chunk).includes("is ready")) break;
  const seconds = (performance.now() - startedAt) / 1_000;
  child.kill("SIGTERM");
  await exited;
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
      what: "generate-raw over 300,000 rows/s",
      ours: `${Math.round(perSecond).toLocaleString("en")} rows/s`,
      against: "300,000 rows/s",
      ratio: perSecond / 300_000,
    },
    {
      what: "load-raw over DuckDB's read_csv of the same parts",
      ours: `${median(ours).toFixed(1)} s`,
      against: `${median(bare).toFixed(1)} s`,
      ratio: median(ours) / median(bare),
    },
    {
      what: "peak memory of load-raw over 2 GB",
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
      what: "daily_metrics of 30 days over the bare query",
      ours: `${(1_000 * median(ours)).toFixed(0)} ms`,
      against: `${(1_000 * median(bare)).toFixed(0)} ms`,
      ratio: median(ours) / median(bare),
    },
    {
      what: "refresh of 3 days among 360 over among 30",
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
  return Number((await runProgram(process.execPath, [measure, what, ...args])).stdout);
}

/** How long a command takes, and its highest resident memory. */
async function timed(
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ seconds: number; megabytes: number }> {
  const startedAt = performance.now();
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [clan, ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  const exited = once(child, "exit");
  const megabytes = await highestMemory(child.pid, exited);
  const [code] = await exited;
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
  return { seconds: (performance.now() - startedAt) / 1_000, megabytes };
}
