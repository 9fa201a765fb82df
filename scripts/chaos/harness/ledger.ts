import { ExperimentFailed } from "../experiment.ts";

/** Acknowledged: stored once. Rejected: not stored. Unknown: no response came, so that it is stored at most once. */
export type Outcome = "acknowledged" | "rejected" | "unknown";

/** A clan by its name, or rows of activity by their user; the name of a write is unique. */
export interface Write {
  kind: "clan" | "activity";
  name: string;
  outcome: Outcome;
  /** The number of rows of activity; all or none are stored. */
  rows?: number;
  /** The id in the response to a clan's creation. */
  id?: string;
  /** The outcome of an acknowledged clan's deletion. */
  deletion?: Outcome;
}

/** The outcomes of writes, as far as clients know them. */
export class Ledger {
  readonly writes: Write[] = [];

  count(outcome: Outcome): number {
    return this.writes.filter((write) => write.outcome === outcome).length;
  }

  toString(): string {
    const [acknowledged, rejected, unknown] = (["acknowledged", "rejected", "unknown"] as const).map(
      (outcome) => this.count(outcome).toLocaleString("en"),
    );
    return `${acknowledged} writes acknowledged, ${rejected} rejected, ${unknown} without a response`;
  }
}

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** Compares the outcomes with the database. @throws {ExperimentFailed} with the first differences */
export async function verify({ writes }: Ledger, query: Query): Promise<void> {
  const clans = await query("select id, name from clans");
  const activity = await query("select user_id, count(*)::int as rows from user_activity group by user_id");
  const idsByName = Map.groupBy(clans, ({ name }) => String(name));
  const rowsByUser = new Map(activity.map(({ user_id, rows }) => [String(user_id), Number(rows)]));
  const problems = writes.flatMap((write) => {
    const stored =
      write.kind === "clan"
        ? (idsByName.get(write.name) ?? []).map(({ id }) => String(id))
        : (rowsByUser.get(write.name) ?? 0);
    const problem = Array.isArray(stored) ? clanProblem(write, stored) : activityProblem(write, stored);
    return problem ? [`${write.kind} ${write.name}: ${problem}`] : [];
  });
  const known = new Set(writes.map(({ name }) => name));
  for (const name of [...idsByName.keys(), ...rowsByUser.keys()]) {
    if (!known.has(name)) problems.push(`${name} is stored, but was not written by any client`);
  }
  if (problems.length > 0)
    throw new ExperimentFailed(
      `${problems.length} writes differ from their outcome: ${problems.slice(0, 5).join("; ")}`,
    );
}

function clanProblem({ outcome, id, deletion }: Write, ids: string[]): string | undefined {
  if (ids.length > 1) return `is stored ${ids.length} times`;
  const isStored = ids.length === 1;
  if (outcome === "rejected") return isStored ? "was rejected but is stored" : undefined;
  if (outcome === "unknown" || deletion === "unknown") return undefined;
  if (deletion === "acknowledged") return isStored ? "was deleted but is stored" : undefined;
  if (!isStored) return "was acknowledged but is not stored";
  return ids[0] === id ? undefined : `was acknowledged as ${id} but is ${ids[0]}`;
}

function activityProblem({ outcome, rows = 0 }: Write, stored: number): string | undefined {
  if (stored !== 0 && stored !== rows) return `${stored} of ${rows} rows are stored`;
  if (outcome === "acknowledged" && stored === 0) return "was acknowledged but is not stored";
  return outcome === "rejected" && stored > 0 ? "was rejected but is stored" : undefined;
}
