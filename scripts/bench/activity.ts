import { execFile } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { activityCsv, activityRow } from "./activity-rows.ts";
import { loadHttp } from "./http-load.ts";
import { median, p99, type Ratio } from "./ratios.ts";
import { highestMemory, residentMegabytes } from "./resident-memory.ts";
import { port, quietly, withService } from "./service-process.ts";

const runProgram = promisify(execFile);
const rows = 1_000_000;
// Some 28 MB each, below the limit of a body.
const rowsAPiece = 250_000;
const rounds = 2;
const batchRows = 500;
const url = `http://127.0.0.1:${port}`;

/** The speed of taking in user activity, as ratios. */
export async function run(): Promise<Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "clan-bench-"));
  const cluster = await startCluster({ folder, settings: ["shared_buffers=512MB", "max_wal_size=4GB"] });
  const database = new pg.Client({ connectionString: clusterUrl(cluster, "postgres") });
  try {
    await migrate(clusterUrl(cluster, "postgres"));
    await database.connect();
    console.log(`  Writing ${rows.toLocaleString("en")} rows …`);
    const files = writePieces(folder);
    const environment = { ...quietly, DATABASE_URL: clusterUrl(cluster, "postgres") };
    return [...(await importing(database, files, environment)), await batches(database, environment)];
  } finally {
    await database.end();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePieces(folder: string): string[] {
  return Array.from({ length: rows / rowsAPiece }, (_, n) => {
    const file = join(folder, `${n}.csv`);
    writeFileSync(file, activityCsv(n * rowsAPiece, (n + 1) * rowsAPiece));
    return file;
  });
}

async function empty(database: pg.Client): Promise<void> {
  await database.query("truncate user_activity");
  await database.query("checkpoint");
}

async function importing(
  database: pg.Client,
  files: string[],
  environment: NodeJS.ProcessEnv,
): Promise<Ratio[]> {
  const copied: number[] = [];
  const first: number[] = [];
  const again: number[] = [];
  const growth: number[] = [];
  const idle: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < rounds; round++) {
    console.log("  Measuring a plain COPY …");
    await empty(database);
    copied.push(await copySeconds(database, files));
    await empty(database);
    await withService(environment, async (service) => {
      console.log("  Measuring imports …");
      await warmUp();
      idle.push(p99(await latencies(delay(5_000))));
      const before = residentMegabytes(service.pid);
      const import1 = importSeconds(files);
      const memory = highestMemory(service.pid, import1);
      busy.push(p99(await latencies(import1)));
      first.push(await import1);
      growth.push((await memory) - before);
      again.push(await importSeconds(files));
    });
  }
  const perSecond = (seconds: number[]) =>
    `${Math.round(rows / median(seconds)).toLocaleString("en")} rows/s`;
  return [
    {
      what: "import over a plain COPY into the same table",
      ours: perSecond(first),
      against: perSecond(copied),
      ratio: median(copied) / median(first),
    },
    {
      what: "import of the same again over that COPY",
      ours: perSecond(again),
      against: perSecond(copied),
      ratio: median(copied) / median(again),
    },
    {
      what: "growth of resident memory over 150 MB",
      ours: `${Math.round(Math.max(...growth))} MB`,
      against: "150 MB",
      ratio: Math.max(...growth) / 150,
    },
    {
      what: "other routes' p99 during the import over idle",
      ours: `${median(busy).toFixed(1)} ms`,
      against: `${median(idle).toFixed(1)} ms`,
      ratio: median(busy) / median(idle),
    },
  ];
}

async function copySeconds(database: pg.Client, files: string[]): Promise<number> {
  const startedAt = performance.now();
  for (const file of files) {
    const copy = copyFrom(`copy user_activity (${activityFields}) from stdin (format csv, header)`);
    await pipeline(createReadStream(file), database.query(copy));
  }
  return (performance.now() - startedAt) / 1_000;
}

async function importSeconds(files: string[]): Promise<number> {
  const script = fileURLToPath(new URL("import-client.ts", import.meta.url));
  return Number((await runProgram(process.execPath, [script, url, ...files])).stdout);
}

const otherRequests = [
  "/clans",
  "/clans/search?name=owls",
  "/user-activity?user_id=somebody",
  "/health/ready",
];

/** The service as it is after its first minutes: code compiled, connections made. */
async function warmUp(): Promise<void> {
  for (let n = 0; n < 200; n++) for (const path of otherRequests) await ask(path);
  const body = activityCsv(0, 20_000);
  await fetch(`${url}/user-activity/import`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body,
  });
}

async function ask(path: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(url + path);
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
  return performance.now() - startedAt;
}

/** How long the other requests take, one after another at some hundred a second, until something ends; in ms. */
async function latencies(until: Promise<unknown>): Promise<number[]> {
  let isEnded = false;
  const ended = until.then(() => {
    isEnded = true;
  });
  const times: number[] = [];
  while (!isEnded) {
    times.push(await ask(otherRequests[times.length % otherRequests.length] ?? ""));
    await delay(5);
  }
  await ended;
  return times;
}

/** Rows a second of POST /user-activity over those of one multi-row upsert from Node, in turn. */
async function batches(database: pg.Client, environment: NodeJS.ProcessEnv): Promise<Ratio> {
  const ours: number[] = [];
  const bare: number[] = [];
  let next = 0;
  const nextRows = () => Array.from({ length: batchRows }, () => activityRow(next++));
  for (let round = 0; round < 3; round++) {
    console.log("  Measuring batches …");
    await empty(database);
    next = 0;
    await withService(environment, async () => {
      const bodies = Array.from({ length: 200 }, () => JSON.stringify({ rows: nextRows() }));
      const send = async (seconds: number) =>
        loadHttp(port, () => ({ method: "POST", path: "/user-activity", body: bodies[next++ % 200] ?? "" }), {
          connections: 1,
          seconds,
        });
      await send(1);
      await empty(database);
      next = 0;
      ours.push((await send(3)) * batchRows);
    });
    await empty(database);
    next = 0;
    bare.push(await bareUpserts(database, Array.from({ length: 200 }, nextRows)));
  }
  return {
    what: `POST /user-activity with ${batchRows} rows over a bare multi-row upsert`,
    ours: `${Math.round(median(ours)).toLocaleString("en")} rows/s`,
    against: `${Math.round(median(bare)).toLocaleString("en")} rows/s`,
    ratio: median(ours) / median(bare),
  };
}

async function bareUpserts(
  database: pg.Client,
  batches: ReturnType<typeof activityRow>[][],
): Promise<number> {
  const width = activityFields.length;
  const tuples = Array.from(
    { length: batchRows },
    (_, row) => `(${activityFields.map((_field, column) => `$${row * width + column + 1}`).join(", ")})`,
  );
  const measures = activityFields.filter((field) => !["user_id", "event_date", "platform"].includes(field));
  const text = `insert into user_activity (${activityFields}) values ${tuples}
    on conflict (user_id, event_date, platform) do update set ${measures.map((field) => `${field} = excluded.${field}`)}`;
  const upsert = (rows: ReturnType<typeof activityRow>[]) =>
    database.query(
      text,
      rows.flatMap((row) => activityFields.map((field) => row[field])),
    );
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < 3_000) await upsert(batches[count++ % batches.length] ?? []);
  return (count * batchRows) / ((performance.now() - startedAt) / 1_000);
}
