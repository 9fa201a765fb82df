import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { columns } from "@clan-platform/contract/columns.ts";
import { transactionOn } from "@clan-platform/service/database/transaction.ts";
import { upsertRows } from "@clan-platform/service/user-activity/upsert.ts";
import { dailyMetricsTable, fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { referenceDailyMetrics } from "@clan-platform/warehouse/testing/reference-daily-metrics.ts";
import type { RawRow } from "@clan-platform/warehouse/testing/rows.ts";
import type { Row, Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { expect } from "vitest";
import { activity } from "./activity.ts";
import { connect, createTestDatabase } from "./database.ts";

const names = columns.map(({ name }) => name).join(", ");
const always = { from_date: "0001-01-01", to_date: "9999-12-31" };

type Connection = Awaited<ReturnType<typeof connect>>;

/** A separate database, with a connection as superuser and one as the service. */
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

/** All rows of PostgreSQL's user_activity, in the format of the raw table. */
export async function storedRows(admin: Connection): Promise<RawRow[]> {
  const texts = columns.map(({ name, kind }) => {
    if (kind === "day") return `${name}::text`;
    if (kind === "amount") return `trim_scale(${name}::numeric(38, 9))::text as ${name}`;
    return name;
  });
  const { rows } = await admin.query(`select ${texts.join(", ")} from user_activity`);
  return rows;
}

/** Expects the raw table to have exactly these rows. */
export async function expectRaw(warehouse: Warehouse, rows: RawRow[]): Promise<void> {
  const raw = await warehouse.query(`select ${names} from ${fullName(rawTable)}`);
  expect(sorted(raw)).toEqual(sorted(rows));
}

/** Expects the raw table to have exactly these rows, and daily_metrics to be computed from them. */
export async function expectSynced(warehouse: Warehouse, rows: RawRow[]): Promise<void> {
  await expectRaw(warehouse, rows);
  const metrics = await warehouse.query(`select * from ${fullName(dailyMetricsTable)}`);
  expect(sorted(metrics)).toEqual(sorted(referenceDailyMetrics(rows, always)));
}

const sorted = (rows: Row[]) => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = (row: Row) => JSON.stringify([row.event_date, row.user_id, row.country, row.platform]);
