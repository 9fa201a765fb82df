import { existsSync, readFileSync } from "node:fs";
import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import { transactionOn } from "@clan-platform/service/database/transaction.ts";
import { listHistory } from "@clan-platform/service/user-activity/repository.ts";
import type { PageCursor } from "@clan-platform/service/user-activity/schemas.ts";
import { upsertRows } from "@clan-platform/service/user-activity/upsert.ts";
import pg from "pg";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { activity } from "../testkit/activity.ts";
import { inTemporaryFolder } from "../testkit/temporary-folder.ts";
import type { Ratio } from "./ratios.ts";
import { median } from "./statistics.ts";

const days = 400;
const users = 800;
const pairs = 40;
const batchRows = 500;
const batchesPerRound = 2;
const readsPerRound = 25;
const pageRows = 51;
const pagesOfHistory = Math.ceil(days / (pageRows - 1));

/**
 * What partitions by quarter cost: the service's own statements on `user_activity`, and on the same rows in one table, by the CPU time of
 * PostgreSQL and of this process where Linux reports it, so that other work on the machine changes little.
 */
export const run = (): Promise<Ratio[]> => inTemporaryFolder(measure);

async function measure(folder: string): Promise<Ratio[]> {
  const cluster = await startCluster({ folder, settings: ["shared_buffers=1GB", "max_wal_size=8GB"] });
  const url = clusterUrl(cluster, "postgres");
  const partitioned = new pg.Client({ connectionString: url });
  // The same statements find the other table first, and are never planned again.
  const plain = new pg.Client({
    connectionString: url,
    options: "-c search_path=unpartitioned,public -c plan_cache_mode=force_generic_plan",
  });
  try {
    await migrate(url);
    await Promise.all([partitioned.connect(), plain.connect()]);
    console.log(`  Writing ${(days * users).toLocaleString("en")} rows into each table …`);
    await fill(partitioned);
    console.log("  Measuring writes and reads …");
    const both = { partitioned, plain };
    const reads = readsPerRound;
    return [
      await alternate("writes: rows/s of batches of the last days", both, batchesPerRound * batchRows, write),
      await alternate("reads: pages/s of a user's last month", both, reads, (client, round) =>
        readFirst(client, round, daysAgo(29)),
      ),
      await alternate("reads: pages/s of a user's newest rows", both, reads, (client, round) =>
        readFirst(client, round, null),
      ),
      await alternate("reads: pages/s of a user's whole history", both, pagesOfHistory * 3, readAll),
    ];
  } finally {
    await Promise.all([partitioned.end(), plain.end()]);
    await cluster.stop();
  }
}

const daysAgo = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
const userId = (n: number) => `player-${n % users}`;

/** The partitions of those days, and their rows; then the same in a table without partitions. */
async function fill(client: pg.Client): Promise<void> {
  await client.query("alter table user_activity detach partition user_activity_older");
  // What the migration has created begins with this month.
  await client.query(`do $$
    declare
      existing date := (
        select min(substring(pg_get_expr(relpartbound, pg_class.oid) from '[0-9]+-[0-9]+-[0-9]+')::date)
        from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = 'user_activity'::regclass
      );
      day date := date_trunc('quarter', current_date - ${days});
      next date;
    begin
      execute format('alter table user_activity attach partition user_activity_older for values from (minvalue) to (%L)', day);
      while day < existing loop
        next := least(date_trunc('quarter', day) + interval '3 months', existing);
        execute format('create table user_activity_%s partition of user_activity for values from (%L) to (%L)',
          to_char(day, 'YYYY_MM'), day, next);
        day := next;
      end loop;
    end $$`);
  // Of each day the users in another order, as they play.
  await client.query(
    `insert into user_activity
     select 'player-' || (n * 7919 + day * 13) % $2, current_date - $1::int + day, 'ANDROID', date '2023-01-01', 'TR',
            1, 60, 2, 2, 1, 1, 0, 0, 0.01
     from generate_series(1, $1::int) as day, generate_series(0, $2::int - 1) as n`,
    [days, users],
  );
  await client.query("create schema unpartitioned");
  await client.query("create table unpartitioned.user_activity (like public.user_activity including all)");
  await client.query(
    "insert into unpartitioned.user_activity select * from public.user_activity order by event_date",
  );
  await client.query("vacuum analyze public.user_activity");
  await client.query("vacuum analyze unpartitioned.user_activity");
  await client.query("checkpoint");
}

interface Clients {
  partitioned: pg.Client;
  plain: pg.Client;
}

/** The median of the ratios of pairs, in which each table comes first every other time. */
async function alternate(
  what: string,
  { partitioned, plain }: Clients,
  count: number,
  work: (client: pg.Client, round: number) => Promise<void>,
): Promise<Ratio> {
  const stopwatches = new Map<pg.Client, () => number>();
  for (const client of [partitioned, plain]) stopwatches.set(client, await stopwatch(client));
  const rate = async (client: pg.Client, round: number) => {
    const seconds = stopwatches.get(client) ?? (() => Number.NaN);
    const startedAt = seconds();
    await work(client, round);
    return count / (seconds() - startedAt);
  };
  const ours: number[] = [];
  const against: number[] = [];
  // The first pairs warm up: PostgreSQL plans a statement five times before it keeps a plan.
  for (let round = -4; round < pairs; round++) {
    const order = round % 2 === 0 ? [partitioned, plain] : [plain, partitioned];
    const rates = new Map<pg.Client, number>();
    for (const client of order) rates.set(client, await rate(client, round + 4));
    if (round < 0) continue;
    ours.push(rates.get(partitioned) ?? Number.NaN);
    against.push(rates.get(plain) ?? Number.NaN);
  }
  const text = (rates: number[]) => `${Math.round(median(rates)).toLocaleString("en")}/s`;
  const ratio = median(ours.map((rate, at) => rate / (against[at] ?? Number.NaN)));
  return { what, ours: text(ours), against: text(against), ratio };
}

/** Seconds of CPU time of this process and of the client's backend; of the clock where the system does not report them. */
async function stopwatch(client: pg.Client): Promise<() => number> {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const statistics = `/proc/${rows[0].pid}/schedstat`;
  if (!existsSync(statistics)) return () => performance.now() / 1_000;
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6 + Number(readFileSync(statistics, "utf8").split(" ")[0]) / 1e9;
  };
}

/** Batches as game backends send them: mostly of today, with late rows of the days before; half of the keys are new. */
async function write(client: pg.Client, round: number): Promise<void> {
  for (let batch = 0; batch < batchesPerRound; batch++) {
    const first = (round * batchesPerRound + batch) * batchRows;
    const rows = Array.from({ length: batchRows }, (_, n) => {
      const user = first + n;
      return ActivityRow.parse(
        activity({
          user_id: n % 2 ? userId(user) : `new-${user}`,
          event_date: daysAgo(n % 10 === 0 ? 1 + (n % 3) : 0),
          install_date: "2023-01-01",
          total_session_count: round + 2,
        }),
      );
    });
    await upsertRows(transactionOn(client), rows);
  }
}

async function readFirst(client: pg.Client, round: number, from: string | null): Promise<void> {
  for (let n = 0; n < readsPerRound; n++) {
    const range = { userId: userId(round * 37 + n * 7), from, to: null, after: null, limit: pageRows };
    const rows = await listHistory(client, range);
    if (rows.length < 20) throw new Error(`${range.userId} has ${rows.length} rows`);
  }
}

/** All pages of three users, one after another. */
async function readAll(client: pg.Client, round: number): Promise<void> {
  for (let n = 0; n < 3; n++) {
    let after: PageCursor | null = null;
    for (let page = 0; page < pagesOfHistory; page++) {
      const range = { userId: userId(round * 37 + n * 7), from: null, to: null, after, limit: pageRows };
      const rows = await listHistory(client, range);
      const last = rows[pageRows - 2];
      if (!last && page < pagesOfHistory - 2) throw new Error(`${range.userId} has too few rows`);
      if (last) after = { event_date: last.event_date, platform: last.platform as PageCursor["platform"] };
    }
  }
}
