import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { runNode } from "../testkit/process.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import { activityCsv, activityRow } from "./activity-rows.ts";
import { loadHttp } from "./http-load.ts";
import type { Ratio } from "./ratios.ts";
import { peakMemory, residentMegabytes } from "./resident-memory.ts";
import { port, quietly, withService } from "./service-process.ts";
import { median, p99 } from "./statistics.ts";

const rows = 1_000_000;
// About 28 MB each, below the limit of a body.
const rowsPerPiece = 250_000;
const rounds = 2;
const batchRows = 500;
const url = `http://127.0.0.1:${port}`;

/** The speed of activity ingestion, as ratios. */
export const run = (): Promise<Ratio[]> => inTemporaryFolder(measure);

async function measure(folder: string): Promise<Ratio[]> {
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
  }
}

function writePieces(folder: string): string[] {
  return Array.from({ length: rows / rowsPerPiece }, (_, n) => {
    const file = join(folder, `${n}.csv`);
    writeFileSync(file, activityCsv(n * rowsPerPiece, (n + 1) * rowsPerPiece));
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
      const memory = peakMemory(service.pid, import1);
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
      what: "import relative to a plain COPY into the same table",
      ours: perSecond(first),
      against: perSecond(copied),
      ratio: median(copied) / median(first),
    },
    {
      what: "import of the same rows again relative to that COPY",
      ours: perSecond(again),
      against: perSecond(copied),
      ratio: median(copied) / median(again),
    },
    {
      what: "growth of resident memory relative to 150 MB",
      ours: `${Math.round(Math.max(...growth))} MB`,
      against: "150 MB",
      ratio: Math.max(...growth) / 150,
    },
    {
      what: "other routes' p99 during the import relative to idle",
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
  return Number(await runNode(script, [url, ...files], { environment: process.env }));
}

const otherRequests = [
  "/clans",
  "/clans/search?name=owls",
  "/user-activity?user_id=somebody",
  "/health/ready",
];

/** Brings the service to its steady state: code compiled, connections open. */
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

/** Latencies in ms of the other requests, sent one after another at about a hundred per second until something ends. */
async function latencies(until: Promise<unknown>): Promise<number[]> {
  let hasEnded = false;
  const ended = until.then(() => {
    hasEnded = true;
  });
  const times: number[] = [];
  while (!hasEnded) {
    times.push(await ask(otherRequests[times.length % otherRequests.length] ?? ""));
    await delay(5);
  }
  await ended;
  return times;
}

/** Rows per second of POST /user-activity relative to a bare multi-row upsert from Node, measured alternately. */
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
    what: `POST /user-activity with ${batchRows} rows relative to a bare multi-row upsert`,
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
