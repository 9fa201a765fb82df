import type pg from "pg";

const monthsAhead = 6;
const bounds = /^FOR VALUES FROM \('([\d-]+)'\) TO \('([\d-]+)'\)$/;

/** A partition: its first day, and the first one after it. */
export interface ActivityPartition {
  table: string;
  from: string;
  to: string;
}

/**
 * The partitions of `user_activity`, oldest first, without the one of everything older. Each has a quarter, but the first may begin within
 * one, and partitions of earlier versions have a month.
 */
export async function listPartitions(client: pg.Client): Promise<ActivityPartition[]> {
  const { rows } = await client.query(
    `select relname::text as table, pg_get_expr(relpartbound, pg_class.oid) as bound
     from pg_inherits join pg_class on pg_class.oid = inhrelid
     where inhparent = 'public.user_activity'::regclass
     order by relname collate "C"`,
  );
  return rows.flatMap(({ table, bound }) => {
    const [, from, to] = bounds.exec(bound) ?? [];
    return from && to ? [{ table, from, to }] : [];
  });
}

/**
 * Creates the partitions of this month and the next six that are missing; returns how many. Each is attached under a lock that
 * lets reads and writes pass.
 */
export async function createQuarters(client: pg.Client): Promise<number> {
  let from = await firstMissing(client);
  const { rows } = await client.query(
    "select (date_trunc('month', current_date) + $1 * interval '1 month')::date::text as last",
    [monthsAhead],
  );
  let created = 0;
  while (from <= rows[0].last) {
    const table = `user_activity_${from.slice(0, 4)}_${from.slice(5, 7)}`;
    const to = firstDayOfNextQuarter(from);
    await client.query(
      `create table ${table} (like user_activity including defaults including constraints including comments);
       alter table user_activity attach partition ${table} for values from ('${from}') to ('${to}')`,
    );
    created += 1;
    from = to;
  }
  return created;
}

/** Where the newest partition ends. */
async function firstMissing(client: pg.Client): Promise<string> {
  const newest = (await listPartitions(client)).at(-1);
  if (newest) return newest.to;
  const { rows } = await client.query(
    `select substring(pg_get_expr(relpartbound, oid) from 'TO \\(''([0-9-]+)''\\)') as bound
     from pg_class where oid = 'public.user_activity_older'::regclass`,
  );
  return rows[0].bound;
}

export function firstDayOfNextQuarter(day: string): string {
  const [year = 0, month = 0] = day.split("-").map(Number);
  const quarter = Math.floor((month - 1) / 3);
  return new Date(Date.UTC(year, (quarter + 1) * 3, 1)).toISOString().slice(0, 10);
}
