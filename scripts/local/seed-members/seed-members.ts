import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { busyness } from "../../synthetic-data/calendar.ts";
import { clansOf } from "../../synthetic-data/clans.ts";
import { joinClans, type Memberships } from "../../synthetic-data/memberships.ts";
import { planDays } from "../../synthetic-data/plan.ts";
import { populate } from "../../synthetic-data/population.ts";
import { userIdText } from "../../synthetic-data/user.ts";
import { syntheticRun } from "../synthetic-run.ts";
import type { SyntheticFill } from "../unfinished-fill.ts";
import { withSession } from "../with-session.ts";
import * as statements from "./statements.ts";

export interface SeededMembers {
  clans: number;
  members: number;
}

const linesPerChunk = 1_000;
const maxAttempts = 3;

/**
 * Stores the clans and memberships of the players of a synthetic fill, all in one transaction: after an interruption, none is there. Clans
 * that are there from an earlier run stay as they are, with their members. Begins again when one of the players joins a clan meanwhile.
 * `onConnected` gets the process id of its backend in PostgreSQL.
 */
export async function seedMembers(
  databaseUrl: string,
  { rows, to }: SyntheticFill,
  onConnected: (backendPid: number) => void = () => {},
): Promise<SeededMembers> {
  const { days, seed } = syntheticRun;
  const memberships = joinClans(populate(planDays({ rows, days, to }), seed, busyness), days);
  return withSession(databaseUrl, async (client) => {
    const { rows: backends } = await client.query("select pg_backend_pid() as pid");
    onConnected(backends[0].pid);
    for (let attempt = 1; ; attempt++) {
      try {
        return await storeAll(client, memberships);
      } catch (error) {
        if (!isUniqueViolation(error) || attempt === maxAttempts) throw error;
        await client.query("rollback");
      }
    }
  });
}

const isUniqueViolation = (error: unknown) => error instanceof pg.DatabaseError && error.code === "23505";

async function storeAll(client: pg.Client, memberships: Memberships): Promise<SeededMembers> {
  await client.query("begin");
  for (const statement of statements.createStaging) await client.query(statement);
  await copy(client, "synthetic_clans", clanLines(memberships));
  await copy(client, "synthetic_periods", periodLines(memberships));
  await client.query("analyze synthetic_clans; analyze synthetic_periods");
  await client.query(statements.removeKnown);
  const clans = await client.query(statements.insertClans);
  await client.query("analyze seeded_clans");
  const members = await client.query(statements.insertMembers);
  await client.query(statements.insertPeriods);
  await client.query("commit");
  await client.query("analyze clans; analyze clan_members; analyze clan_membership_periods");
  return { clans: clans.rowCount ?? 0, members: members.rowCount ?? 0 };
}

async function copy(client: pg.Client, table: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(inChunks(lines)), client.query(copyFrom(`copy ${table} from stdin`)));
}

function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  for (const line of lines) {
    chunk.push(line);
    if (chunk.length < linesPerChunk) continue;
    yield chunk.join("");
    chunk = [];
  }
  if (chunk.length > 0) yield chunk.join("");
}

// Nothing in the fields has to be escaped.
const lineOf = (fields: (string | number | null)[]) =>
  `${fields.map((field) => field ?? "\\N").join("\t")}\n`;

function* clanLines(memberships: Memberships): Generator<string> {
  for (const { number, id, name, region, joinMode, maxMembers } of clansOf(memberships))
    yield lineOf([number, id, name, region, joinMode, maxMembers]);
}

function* periodLines(memberships: Memberships): Generator<string> {
  const { seed } = memberships.population;
  const timeText = (ms: number) => new Date(ms).toISOString();
  for (const user of memberships.joiners()) {
    const id = userIdText(seed, user);
    for (const { clan, joinedAt, leftAt, leftReason } of memberships.periodsOf(user))
      yield lineOf([id, clan, timeText(joinedAt), leftAt === null ? null : timeText(leftAt), leftReason]);
  }
}

/** Whether anybody is in a clan of the database. */
export async function hasMembers(databaseUrl: string): Promise<boolean> {
  const { rows } = await withSession(databaseUrl, (client) =>
    client.query("select exists (select from clan_members) as has_members"),
  );
  return rows[0].has_members;
}
