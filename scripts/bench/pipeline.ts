import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { startNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { activityCsv } from "./activity-rows.ts";
import type { Ratio } from "./ratios.ts";
import { peakMemory } from "./resident-memory.ts";
import { median, secondsText } from "./statistics.ts";

const measureScript = fileURLToPath(new URL("pipeline-measure.ts", import.meta.url));
const rows = 1_000_000;
const rounds = 5;

/** The speed and memory of syncing user activity into the warehouse, as ratios. */
export const run = (): Promise<Ratio[]> => inTemporaryFolder(measure);

async function measure(folder: string): Promise<Ratio[]> {
  const settings = ["shared_buffers=512MB", "max_wal_size=4GB"];
  const cluster = await startCluster({ folder: join(folder, "postgres"), settings });
  const url = clusterUrl(cluster, "postgres");
  const database = new pg.Client({ connectionString: url });
  try {
    await migrate(url);
    await database.connect();
    console.log(`  Storing ${rows.toLocaleString("en")} rows …`);
    await store(database, rows);
    return await syncing(database, url, folder);
  } finally {
    await database.end();
    await cluster.stop();
  }
}

async function store(database: pg.Client, rows: number): Promise<void> {
  const rowsPerPiece = 100_000;
  for (let from = 0; from < rows; from += rowsPerPiece) {
    const copy = copyFrom(`copy user_activity (${activityFields}) from stdin (format csv, header)`);
    await pipeline(Readable.from([activityCsv(from, from + rowsPerPiece)]), database.query(copy));
  }
  await database.query("vacuum analyze user_activity");
}

async function syncing(database: pg.Client, url: string, folder: string): Promise<Ratio[]> {
  const bare: Measured[] = [];
  const bareCorrected: Measured[] = [];
  const first: Measured[] = [];
  const corrected: Measured[] = [];
  const unordered: Measured[] = [];
  const unchanged: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    console.log("  Measuring a plain COPY and read_csv, and syncs …");
    const data = join(folder, `data-${round}`);
    mkdirSync(data);
    bare.push(await measured("bare", url, data));
    first.push(await measured("sync", url, data));
    unchanged.push(await measured("sync", url, data));
    await database.query("update user_activity set victory_count = victory_count + 1, updated_at = now()");
    await database.query("vacuum analyze user_activity");
    // The update has left the table twice as large, for a plain COPY as well.
    bareCorrected.push(await measured("bare", url, data));
    corrected.push(await measured("sync", url, data));
    await correctInNoOrder(database, round);
    unordered.push(await measured("sync", url, data));
    rmSync(data, { recursive: true });
  }
  const secondsOf = (all: Measured[]) => median(all.map(({ seconds }) => seconds));
  const textOf = (all: Measured[]) => secondsText(all.map(({ seconds }) => seconds));
  const rateOf = (all: Measured[]) =>
    `${Math.round(rows / secondsOf(all)).toLocaleString("en")} rows/s: ${textOf(all)}`;
  const relativeTo = (bare: Measured[], what: string, ours: Measured[]): Ratio => ({
    what,
    ours: rateOf(ours),
    against: rateOf(bare),
    ratio: secondsOf(bare) / secondsOf(ours),
  });
  const megabytes = Math.max(...[...first, ...corrected, ...unordered].map(({ megabytes }) => megabytes));
  return [
    relativeTo(bare, "sync of new rows relative to COPY and read_csv", first),
    relativeTo(bareCorrected, "sync of corrected rows relative to COPY and read_csv", corrected),
    {
      what: "sync of rows corrected in no order relative to in order",
      ours: textOf(unordered),
      against: textOf(corrected),
      ratio: secondsOf(unordered) / secondsOf(corrected),
    },
    {
      what: "sync without changes relative to 1 s",
      ours: textOf(unchanged),
      against: "1 s",
      ratio: secondsOf(unchanged),
    },
    {
      what: "peak memory of a sync relative to 1.5 GB",
      ours: `${Math.round(megabytes)} MB`,
      against: "1500 MB",
      ratio: megabytes / 1_500,
    },
  ];
}

/** Corrects all rows, and stores them in another order than the one in which they were synced. */
async function correctInNoOrder(database: pg.Client, seed: number): Promise<void> {
  const corrected = activityFields.map((name) => (name === "victory_count" ? "victory_count + 1" : name));
  await database.query(
    `create temp table shuffled as select * from user_activity order by md5(user_id || event_date || ${seed})`,
  );
  await database.query("truncate user_activity");
  await database.query(
    `insert into user_activity (${activityFields}) select ${corrected.join(", ")} from shuffled`,
  );
  await database.query("drop table shuffled");
  await database.query("vacuum analyze user_activity");
}

interface Measured {
  seconds: number;
  megabytes: number;
}

async function measured(what: "bare" | "sync", url: string, folder: string): Promise<Measured> {
  const child = startNode(measureScript, [what, url, folder], {
    environment: process.env,
    showsErrors: true,
  });
  const megabytes = await peakMemory(child.pid, child.ended);
  const { code, stdout } = await child.ended;
  if (code !== 0) throw new Error(`a ${what} ended with exit code ${code}`);
  return { seconds: Number(stdout), megabytes };
}
