import { type ColumnNameOf, columns as columnsOfRow } from "@clan-platform/contract/columns.ts";
import { tomorrow } from "@clan-platform/contract/day.ts";
import type { z } from "zod";
import { dayAfter } from "../clan-activity/days.ts";
import type { Queryable, Statement } from "../database/database.ts";
import { utcText } from "../database/utc-text.ts";
import type { Activity, PageCursor } from "./schemas.ts";

type Amount = ColumnNameOf<"amount">;

/** A row as `Activity` describes it, but with its amounts as text, because a double might not hold them. */
export type StoredActivity = Omit<z.infer<typeof Activity>, Amount> & Record<Amount, string>;

const columns = [
  ...columnsOfRow.map(({ name, kind }) =>
    kind === "day" ? `to_char(history.${name}, 'YYYY-MM-DD') as ${name}` : `history.${name}`,
  ),
  `${utcText("received_at")} as received_at`,
  `${utcText("updated_at")} as updated_at`,
].join(", ");

/** At most `limit` rows of a user after `after`, newest day first, from one day to another (null is without end). */
export async function listHistory(database: Queryable, range: HistoryRange): Promise<StoredActivity[]> {
  const { rows } = await database.query(historyStatement(range));
  return rows;
}

interface HistoryRange {
  userId: string;
  from: string | null;
  to: string | null;
  after: PageCursor | null;
  limit: number;
}

/**
 * Named, because planning for every partition takes longer than reading: PostgreSQL keeps one plan for all values, and the days among
 * these select the partitions that it opens. Each condition and each expression is prepared again for each of them: so there are no
 * conditions without effect, and the rows are formatted above the partitions.
 */
function historyStatement({ userId, from, to, after, limit }: HistoryRange): Statement {
  const values = [userId, lastDay(to, after), limit];
  const conditions = ["user_id = $1", "event_date <= $2::date"];
  if (from !== null) conditions.push(`event_date >= $${values.push(from)}::date`);
  if (after !== null) {
    const { event_date, platform } = after;
    conditions.push(
      `(event_date, platform) < ($${values.push(event_date)}::date, $${values.push(platform)}::text)`,
    );
  }
  return {
    name: `list-history${from === null ? "" : "-from"}${after === null ? "" : "-after"}`,
    text: `
      select ${columns}
      from (
        select * from user_activity
        where ${conditions.join(" and ")}
        order by event_date desc, platform desc
        limit $3
      ) as history
      order by history.event_date desc, history.platform desc`,
    values,
  };
}

/** The last day that may have a row of the page. Later partitions, which are created ahead, are not opened. */
function lastDay(to: string | null, after: PageCursor | null): string {
  // Tomorrow's rows are accepted, and the clock of another instance may be fast.
  const days = [dayAfter(tomorrow(), 1), to, after?.event_date].filter((day) => day != null);
  return days.reduce((first, day) => (day < first ? day : first));
}

/**
 * Erases a user's rows; returns how many there were. Notes that the user was erased, also when there was no row here, because
 * the warehouse may have some. The note expires later (retention/expire.ts), when a sync has read it.
 */
export async function eraseActivity(tx: Queryable, userId: string): Promise<number> {
  // In the order in which deliveries take rows: two in different orders could wait for each other in a circle.
  await tx.query(
    "select from user_activity where user_id = $1 order by event_date, user_id, platform for update",
    [userId],
  );
  const { rowCount } = await tx.query("delete from user_activity where user_id = $1", [userId]);
  await tx.query(
    `insert into erased_users (user_id, erased_at) values ($1, statement_timestamp())
     on conflict (user_id) do update set erased_at = excluded.erased_at`,
    [userId],
  );
  return rowCount ?? 0;
}
