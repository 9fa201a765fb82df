import type pg from "pg";

const constraint = "user_activity_older_bound";

/**
 * Prepares a database with an unpartitioned `user_activity` for migration activity-partitions: adds a constraint by which, once it
 * is valid, the table is attached as a partition without being read.
 */
export async function addPartitionBound(client: pg.Client): Promise<void> {
  if ((await stateOf(client)) !== "without") return;
  // A month more than rows can need today: it holds only until the migration that follows.
  const { rows } = await client.query(
    "select (date_trunc('month', current_date) + interval '2 months')::date::text as bound",
  );
  await client.query(
    `alter table public.user_activity add constraint ${constraint} check (event_date < '${rows[0].bound}') not valid`,
  );
}

/** Checks all rows against that constraint, which takes seconds per ten million of them: here no writer waits for it. */
export async function validatePartitionBound(client: pg.Client): Promise<void> {
  if ((await stateOf(client)) !== "with") return;
  await client.query(`alter table public.user_activity validate constraint ${constraint}`);
}

/** Of an unpartitioned table, whether it has the constraint. */
async function stateOf(client: pg.Client): Promise<"with" | "without" | undefined> {
  const { rows } = await client.query(
    `select exists(select from pg_constraint where conname = $1 and conrelid = pg_class.oid) as is_added
     from pg_class where oid = to_regclass('public.user_activity') and relkind = 'r'`,
    [constraint],
  );
  if (rows.length === 0) return undefined;
  return rows[0].is_added ? "with" : "without";
}
