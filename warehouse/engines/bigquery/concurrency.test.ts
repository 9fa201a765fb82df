import { createHash } from "node:crypto";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { expect, it, onTestFinished } from "vitest";
import { backfill } from "../../tables/daily_metrics/backfill.ts";
import { dailyMetricsTable, fullName, rawTable } from "../../tables/table.ts";
import { type BigqueryServer, connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { writeValidated } from "../../testing/validated-file.ts";
import type { RawFile, Warehouse } from "../../warehouse.ts";
import { duckdbTypes } from "../duckdb/types.ts";
import { openBigquery } from "./bigquery.ts";
import { scheduledActivitySync, scheduledDailyMetrics } from "./scheduled-queries.ts";

const day = "2024-03-05";
const days = { from_date: day, to_date: day };
/** User ids of a file's rows, by its digest. */
const users = new Map<string, string[]>();

function rawFile(...ids: string[]): RawFile {
  const digest = createHash("sha256").update(ids.join()).digest("hex");
  users.set(digest, ids);
  return { path: "/data/day.csv", digest, unpacked: "/nowhere", format: "csv", allowRejects: false };
}

async function validate({ digest }: RawFile, folder: string) {
  const ids = users.get(digest) ?? [];
  return writeValidated(
    folder,
    ids.map((user_id) => activity({ user_id, event_date: day })),
  );
}

interface Options {
  /** Leaves the lock out of every script. */
  withoutLock?: boolean;
}

async function start({ withoutLock = false }: Options = {}) {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery({
    ...connectionTo(server),
    validate,
  });
  await warehouse.createTables();
  if (withoutLock) {
    const { run } = server.engine;
    server.engine.run = (id, configuration, ...others) => {
      const query = configuration.query?.query?.replace(/^(insert into|update) \S+_lock[^;]*;\n+/gm, "");
      return run(
        id,
        query ? { ...configuration, query: { ...configuration.query, query } } : configuration,
        ...others,
      );
    };
  }
  return { server, warehouse };
}

/** Which of the scripts that write is the job's: they have ids of their own only in loads. */
const isWriting = (statement: string) =>
  /^(insert into|update|merge into|begin|commit|select\s+if)/.test(statement);

/**
 * Runs `first` until its script is before statement `at`, lets `second` run to its end or until it is refused, and then
 * both to their ends. Returns whether `first` has a statement of that number.
 */
async function interleave(
  server: BigqueryServer,
  at: number,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<boolean> {
  let held: (() => void) | undefined;
  let job: string | undefined;
  let count = 0;
  const reached = Promise.withResolvers<void>();
  server.engine.beforeStatement = async (id, statement) => {
    if (held || !isWriting(statement) || (job !== undefined && job !== id)) return;
    job = id;
    if (count++ < at) return;
    await new Promise<void>((resolve) => {
      held = resolve;
      reached.resolve();
    });
  };
  const running = first();
  await Promise.race([reached.promise, running]);
  if (!held) return false;
  const refused = firstFailure(server);
  const other = second();
  await Promise.race([other, refused]);
  held();
  await Promise.all([running, other]);
  server.engine.beforeStatement = undefined;
  return true;
}

/** Resolves when a job fails, as one does that conflicts with another. */
function firstFailure({ engine }: BigqueryServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { run } = engine;
  engine.run = async (...job) => {
    try {
      return await run(...job);
    } catch (error) {
      resolve();
      throw error;
    }
  };
  return promise;
}

const keysTwice = ({ engine }: BigqueryServer, table: typeof rawTable) =>
  engine.look(`select ${table.key.join(", ")} from ${fullName(table)} group by all having count(*) > 1`);

type Work = (warehouse: Warehouse) => Promise<unknown>;
const load =
  (...ids: string[]): Work =>
  (warehouse) =>
    warehouse.loadFile(rawFile(...ids));
const backfillDay: Work = (warehouse) => backfill(warehouse, days);

const pairs: [string, Work, Work, typeof rawTable][] = [
  ["a part and its correction", load("ann", "bob"), load("bob", "cem"), rawTable],
  ["two backfills", backfillDay, backfillDay, dailyMetricsTable],
];

/** How many interleavings there were, and how many ended with a key twice; without the lock only up to the first of those. */
async function runAll([, first, second, table]: (typeof pairs)[number], options?: Options) {
  let interleaved = 0;
  let twice = 0;
  for (let at = 0; ; at++) {
    const { server, warehouse } = await start(options);
    if (table === dailyMetricsTable) await warehouse.loadFile(rawFile("ann"));
    const isThere = await interleave(
      server,
      at,
      () => first(warehouse),
      () => second(warehouse),
    );
    if (!isThere) return { interleaved, twice };
    interleaved++;
    if ((await keysTwice(server, table)).length > 0) twice++;
    if (options?.withoutLock && twice > 0) return { interleaved, twice };
  }
}

it.each(pairs)(
  "%s that run at once insert no key twice, wherever one interrupts the other",
  async (...pair) => {
    const { interleaved, twice } = await runAll(pair);
    expect(interleaved).toBeGreaterThan(4);
    expect(twice).toBe(0);
  },
  120_000,
);

it.each(pairs)(
  "without the lock, %s insert keys twice: neither conflicts with the other",
  async (...pair) => {
    const { twice } = await runAll(pair, { withoutLock: true });
    expect(twice).toBeGreaterThan(0);
  },
  120_000,
);

/** The statements of a scheduled query's transaction, with the values of its variables, for a session of the emulator. */
function transactionOf(script: string, variables: Record<string, string>): string[] {
  const [, body = ""] = /begin transaction;\n\n([\s\S]*?)\n\ncommit transaction;/.exec(script) ?? [];
  const statements = body
    .replace(/^if [\s\S]*?end if;\n\n/gm, "")
    .replace(/for \w+ in[\s\S]*? do\n([\s\S]*?)end for;/, "$1")
    .replace(/^\s*set .*;\n/gm, "")
    .replace(/unnest\(v_days\)/g, `(${variables.v_days})`)
    .replace(/\bv_\w+/g, (name) => variables[name] ?? name)
    .split(/;(?:\n+|$)/)
    .filter(Boolean);
  return ["begin transaction", ...statements, "commit transaction"];
}

const variables = {
  v_days: `date '${day}'`,
  v_from_date: `date '${day}'`,
  v_to_date: `date '${day}'`,
  v_sync_id: "uuid()::varchar",
  v_started_at: "now()",
  v_synced_to: "now()",
};
const ann = columnsOfRaw(activity({ user_id: "ann", event_date: day }));

function columnsOfRaw(row: Record<string, unknown>): string {
  return rawTable.fields
    .map(({ name, type }) => `cast('${row[name]}' as ${duckdbTypes[type]}) as ${name}`)
    .join(", ");
}

const scheduled = {
  activity_sync: {
    statements: transactionOf(scheduledActivitySync("a.eu.b"), variables),
    stage: [
      `create temp table changes as select ${ann}, false as is_erased`,
      `create temp table differences as select ${ann}, false as is_known, false as is_deleted`,
      "create temp table clan_differences as select *, null::date as from_date from clan_case_raw.clans limit 0",
      `create temp table membership_differences as
        select *, false as is_deleted, joined_date as from_date from clan_case_raw.clan_membership_periods limit 0`,
    ],
    lock: "clan_case_raw.user_daily_metrics_raw_lock",
    table: rawTable,
  },
  daily_metrics: {
    statements: transactionOf(scheduledDailyMetrics(3), variables),
    stage: [
      `create temp table days_to_recompute as select date '${day}' as event_date`,
      "create temp table syncs_to_cover as select 'one' as sync_id",
    ],
    lock: "clan_case_analytics.daily_metrics_lock",
    table: dailyMetricsTable,
  },
};

/** Runs two of one scheduled query, the second within the first before its statement `at`; one of them may be cancelled. */
async function runTwo(
  { statements, stage, lock, table }: (typeof scheduled)[keyof typeof scheduled],
  at: number,
) {
  const { server, warehouse } = await start();
  if (table === dailyMetricsTable) await warehouse.loadFile(rawFile("bob"));
  await server.engine.look(`insert into ${lock} values (now())`);
  const sessions = [await server.engine.openSession(), await server.engine.openSession()] as const;
  for (const session of sessions) for (const statement of stage) await session.run(statement);
  const [first, second] = sessions;
  const cancelled: string[] = [];
  const runAll = async (session: typeof first, part: string[]) => {
    for (const statement of part) await session.run(statement);
  };
  const note = (error: Error) => void cancelled.push(error.message);
  const isStarted = await runAll(first, statements.slice(0, at)).then(() => true);
  await runAll(second, statements).catch(note);
  if (isStarted) await runAll(first, statements.slice(at)).catch(note);
  for (const session of sessions) await session.close();
  return { cancelled, twice: (await keysTwice(server, table)).length };
}

it.each(["activity_sync", "daily_metrics"] as const)(
  "of two runs of %s that overlap, one is cancelled with the error that the script repeats",
  async (name) => {
    const query = scheduled[name];
    expect(query.statements[1]).toMatch(/^update \S+_lock/);
    expect(query.statements.length).toBeGreaterThan(4);
    for (let at = 1; at < query.statements.length; at++) {
      const { cancelled, twice } = await runTwo(query, at);
      expect([at, twice]).toEqual([at, 0]);
      expect(cancelled).toEqual([expect.stringContaining("due to concurrent update")]);
    }
    const withoutLock = { ...query, statements: query.statements.filter((sql) => !/_lock/.test(sql)) };
    expect((await runTwo(withoutLock, 1)).twice).toBeGreaterThan(0);
  },
  120_000,
);

it.each([
  ["", 0],
  ["without the lock, ", 1],
])(
  "%sa sync that runs within a load of the same key leaves it there twice this often: %i",
  async (name, most) => {
    const { statements, stage, lock } = scheduled.activity_sync;
    const isLocked = name === "";
    let twice = 0;
    for (let at = 0; ; at++) {
      const { server, warehouse } = await start({ withoutLock: !isLocked });
      await server.engine.look(`insert into ${lock} values (now())`);
      const sync = async () => {
        const session = await server.engine.openSession();
        const own = isLocked ? statements : statements.filter((sql) => !/_lock/.test(sql));
        try {
          for (const statement of [...stage, ...own]) await session.run(statement);
        } catch (error) {
          expect(String(error)).toContain("due to concurrent update");
        } finally {
          await session.close();
        }
      };
      const isThere = await interleave(server, at, () => load("ann")(warehouse), sync);
      if (!isThere) break;
      if ((await keysTwice(server, rawTable)).length > 0) twice++;
      if (!isLocked && twice > 0) break;
    }
    expect(twice).toBe(most);
  },
  120_000,
);

it("the lock's row is created once, and two rows lock as one does", async () => {
  const { server, warehouse } = await start();
  await warehouse.loadFile(rawFile("ann"));
  await warehouse.loadFile(rawFile("bob"));
  const lock = "clan_case_raw.user_daily_metrics_raw_lock";
  expect(await server.engine.look(`select count(*)::int as n from ${lock}`)).toEqual([{ n: 1 }]);
  await server.engine.look(`insert into ${lock} from ${lock}`);
  const [one, other] = [await server.engine.openSession(), await server.engine.openSession()];
  for (const session of [one, other]) await session.run("begin transaction");
  const update = `update ${lock} set locked_at = current_timestamp where true`;
  await one.run(update);
  await one.run("commit transaction");
  await expect(other.run(update)).rejects.toThrow("Transaction is aborted due to concurrent update");
  for (const session of [one, other]) await session.close();
});
