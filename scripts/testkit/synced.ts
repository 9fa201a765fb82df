import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { transactionOn } from "@clan-platform/service/database/transaction.ts";
import { upsertRows } from "@clan-platform/service/user-activity/upsert.ts";
import { dailyMetricsTable, fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { reckonDailyMetrics } from "@clan-platform/warehouse/testing/reckoning.ts";
import type { RawRow } from "@clan-platform/warehouse/testing/rows.ts";
import type { Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { expect } from "vitest";
import { activity } from "./activity.ts";
import { connect, createTestDatabase } from "./database.ts";

const columns = rawTable.fields.map(({ name }) => name);
const always = { from_date: "0001-01-01", to_date: "9999-12-31" };

type Connection = Awaited<ReturnType<typeof connect>>;

/** A database of its own, with a connection as superuser and one as the service. */
export async function startPostgres() {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  return { adminUrl, serviceUrl, admin: await connect(adminUrl), service: await connect(serviceUrl) };
}

/** Stores rows as the service does. */
export const deliver = (service: Connection, ...rows: Record<string, unknown>[]) =>
  upsertRows(
    transactionOn(service),
    rows.map((row) => ActivityRow.parse(activity(row))),
  );

/** All rows of PostgreSQL's user_activity as raw has them. */
export async function storedRows(admin: Connection): Promise<RawRow[]> {
  const texts = columns.map((name) =>
    /_date$/.test(name)
      ? `${name}::text`
      : /duration|revenue/.test(name)
        ? `trim_scale(${name}::numeric(38, 9))::text as ${name}`
        : name,
  );
  const { rows } = await admin.query(`select ${texts.join(", ")} from user_activity`);
  return rows;
}

/** Expects raw to be these rows and no others. */
export async function expectRaw(warehouse: Warehouse, rows: RawRow[]): Promise<void> {
  const raw = await warehouse.query(`select ${columns.join(", ")} from ${fullName(rawTable)}`);
  expect(sorted(raw)).toEqual(sorted(rows));
}

/** Expects raw to be these rows and no others, and daily_metrics what they give. */
export async function expectSynced(warehouse: Warehouse, rows: RawRow[]): Promise<void> {
  await expectRaw(warehouse, rows);
  const metrics = await warehouse.query(`select * from ${fullName(dailyMetricsTable)}`);
  expect(sorted(metrics)).toEqual(sorted(reckonDailyMetrics(rows, always)));
}

const sorted = (rows: Row[]) => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = (row: Row) => JSON.stringify([row.event_date, row.user_id, row.country, row.platform]);
