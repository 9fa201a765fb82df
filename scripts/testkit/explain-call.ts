import type {
  Database,
  Queryable,
  Statement,
  Transaction,
} from "@clan-platform/service/database/database.ts";
import type { Call } from "@clan-platform/service/testing/member-calls.ts";
import type pg from "pg";

/** A node of a plan, as `explain (analyze, buffers, format json)` names it. */
export interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: Plan[];
}

/** What the statements of a call read. */
export interface Explained {
  statements: number;
  /** The tables that a statement read whole. */
  readWhole: string[];
  indexes: string[];
  /** Pages of the statement that read most, of 8 kB. */
  pages: number;
}

/** Runs a call within a transaction that is rolled back, and explains each of its statements. */
export async function explainCall(client: pg.Client, call: Call): Promise<Explained> {
  const plans: Plan[] = [];
  await client.query("begin");
  await call(explaining(client, plans));
  await client.query("rollback");
  const nodes = plans.flatMap(flatten);
  return {
    statements: plans.length,
    readWhole: nodes.filter(readsWhole).map((plan) => plan["Relation Name"] ?? ""),
    indexes: [...new Set(nodes.flatMap((plan) => plan["Index Name"] ?? []))].sort(),
    pages: Math.max(0, ...plans.map(pagesOf)),
  };
}

/** A plan with all below it. */
export const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)];

/** Pages that it read, with all below it. */
export const pagesOf = (plan: Plan): number => plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];

/** `leaderboard_refresh` has one row and no more; partitions of the quarters to come have none. */
const readsWhole = (plan: Plan): boolean =>
  plan["Node Type"] === "Seq Scan" && plan["Relation Name"] !== "leaderboard_refresh" && pagesOf(plan) > 0;

/** A transaction that explains each statement, and then runs it. */
function explaining(client: pg.Client, plans: Plan[]): Transaction & Database {
  const query: Queryable["query"] = async (statement: string | Statement, given?: unknown[]) => {
    const { text, values = [] } =
      typeof statement === "string" ? { text: statement, values: given } : statement;
    await client.query("savepoint before_statement");
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
    await client.query("rollback to before_statement");
    plans.push(rows[0]["QUERY PLAN"][0].Plan);
    return client.query(text, values);
  };
  const tx = { client, query, write: (statement: Statement) => query(statement) };
  return { ...tx, transaction: (work) => work(tx) };
}
