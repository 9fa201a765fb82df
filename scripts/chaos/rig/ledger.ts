import { Broken } from "../experiment.ts";

/** Acknowledged: it is there. Refused: it is not. Unknown: no answer came, so that it may be there, once. */
export type Outcome = "acknowledged" | "refused" | "unknown";

/** A clan by its name, or rows of activity by their user; every write has a name of its own. */
export interface Write {
  kind: "clan" | "activity";
  name: string;
  outcome: Outcome;
  /** Rows of activity, of which there are all or none. */
  rows?: number;
  /** The id that a clan's creation was answered with. */
  id?: string;
  /** Of a clan that was acknowledged: what became of its deletion. */
  deletion?: Outcome;
}

/** What clients were told about their writes. */
export class Ledger {
  readonly writes: Write[] = [];

  count(outcome: Outcome): number {
    return this.writes.filter((write) => write.outcome === outcome).length;
  }

  toString(): string {
    const [acknowledged, refused, unknown] = (["acknowledged", "refused", "unknown"] as const).map(
      (outcome) => this.count(outcome).toLocaleString("en"),
    );
    return `${acknowledged} writes acknowledged, ${refused} refused, ${unknown} without an answer`;
  }
}

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** Compares what clients were told with what is in the database. @throws {Broken} with the first differences */
export async function verify({ writes }: Ledger, query: Query): Promise<void> {
  const clans = await query("select id, name from clans");
  const activity = await query("select user_id, count(*)::int as rows from user_activity group by user_id");
  const idsByName = Map.groupBy(clans, ({ name }) => String(name));
  const rowsByUser = new Map(activity.map(({ user_id, rows }) => [String(user_id), Number(rows)]));
  const faults = writes.flatMap((write) => {
    const stored =
      write.kind === "clan"
        ? (idsByName.get(write.name) ?? []).map(({ id }) => String(id))
        : (rowsByUser.get(write.name) ?? 0);
    const fault = Array.isArray(stored) ? clanFault(write, stored) : activityFault(write, stored);
    return fault ? [`${write.kind} ${write.name}: ${fault}`] : [];
  });
  const known = new Set(writes.map(({ name }) => name));
  for (const name of [...idsByName.keys(), ...rowsByUser.keys()]) {
    if (!known.has(name)) faults.push(`${name} is there, though nobody wrote it`);
  }
  if (faults.length > 0)
    throw new Broken(`${faults.length} writes are not as told: ${faults.slice(0, 5).join("; ")}`);
}

function clanFault({ outcome, id, deletion }: Write, ids: string[]): string | undefined {
  if (ids.length > 1) return `is there ${ids.length} times`;
  const isThere = ids.length === 1;
  if (outcome === "refused") return isThere ? "was refused and is there" : undefined;
  if (outcome === "unknown" || deletion === "unknown") return undefined;
  if (deletion === "acknowledged") return isThere ? "was deleted and is there" : undefined;
  if (!isThere) return "was acknowledged and is not there";
  return ids[0] === id ? undefined : `was acknowledged as ${id} and is ${ids[0]}`;
}

function activityFault({ outcome, rows = 0 }: Write, stored: number): string | undefined {
  if (stored !== 0 && stored !== rows) return `${stored} of ${rows} rows are there`;
  if (outcome === "acknowledged" && stored === 0) return "was acknowledged and is not there";
  return outcome === "refused" && stored > 0 ? "was refused and is there" : undefined;
}
