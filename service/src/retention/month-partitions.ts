import type pg from "pg";

const monthsAhead = 6;
const name = /^user_activity_(\d{4})_(\d{2})$/;

/** A monthly partition: the month's first day and the next month's. */
export interface MonthPartition {
  table: string;
  from: string;
  to: string;
}

/** The monthly partitions of `user_activity`, oldest first. */
export async function listMonths(client: pg.Client): Promise<MonthPartition[]> {
  const { rows } = await client.query(
    `select relname::text as table
     from pg_inherits join pg_class on pg_class.oid = inhrelid
     where inhparent = 'public.user_activity'::regclass
     order by relname collate "C"`,
  );
  return rows.flatMap(({ table }) => {
    const [, year, month] = name.exec(table) ?? [];
    return year && month
      ? [{ table, from: `${year}-${month}-01`, to: firstDayOfNext(`${year}-${month}`) }]
      : [];
  });
}

/**
 * Creates the partitions of this month and the next six that are missing; returns how many. Each is attached under a lock that
 * lets reads and writes pass.
 */
export async function createMonths(client: pg.Client): Promise<number> {
  let from = await firstMissing(client);
  const { rows } = await client.query(
    "select (date_trunc('month', current_date) + $1 * interval '1 month')::date::text as last",
    [monthsAhead],
  );
  let created = 0;
  for (; from <= rows[0].last; from = firstDayOfNext(from.slice(0, 7))) {
    const table = `user_activity_${from.slice(0, 4)}_${from.slice(5, 7)}`;
    const to = firstDayOfNext(from.slice(0, 7));
    await client.query(
      `create table ${table} (like user_activity including defaults including constraints including comments);
       alter table user_activity attach partition ${table} for values from ('${from}') to ('${to}')`,
    );
    created += 1;
  }
  return created;
}

/** Where the newest partition ends. */
async function firstMissing(client: pg.Client): Promise<string> {
  const newest = (await listMonths(client)).at(-1);
  if (newest) return newest.to;
  const { rows } = await client.query(
    `select substring(pg_get_expr(relpartbound, oid) from 'TO \\(''([0-9-]+)''\\)') as bound
     from pg_class where oid = 'public.user_activity_older'::regclass`,
  );
  return rows[0].bound;
}

function firstDayOfNext(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}
