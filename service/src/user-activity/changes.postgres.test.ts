import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { connect, createTestDatabase, type TestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import { transactionOn } from "../database/transaction.ts";
import { eraseActivity } from "./repository.ts";
import { upsertRows } from "./upsert.ts";

async function start() {
  const database = await createTestDatabase();
  return { database, service: await connect(database.serviceUrl), reader: await connectReader(database) };
}

async function connectReader({ adminUrl }: TestDatabase) {
  const reader = await connect(adminUrl);
  await reader.query("set role clan_reader");
  return reader;
}

type Connection = Awaited<ReturnType<typeof connect>>;

const deliver = (service: Connection, ...changes: Record<string, unknown>[]) =>
  upsertRows(
    transactionOn(service),
    changes.map((change) => ActivityRow.parse(activity(change))),
  );

const now = async (client: Connection): Promise<string> =>
  (await client.query("select clock_timestamp()::text as now")).rows[0].now;

/** Users of the changes since a moment, an erased one with a cross. */
async function changesSince(reader: Connection, since: string): Promise<string[]> {
  const { rows } = await reader.query(
    `select user_id || case when is_erased then ' †' else ' ' || iap_revenue end as change
     from activity_changes($1) order by 1`,
    [since],
  );
  return rows.map(({ change }) => change);
}

it("returns new and corrected rows since a moment, and no row that a delivery repeated", async () => {
  const { service, reader } = await start();
  await deliver(service, { user_id: "old" }, { user_id: "same" }, { user_id: "corrected" });
  const since = await now(reader);
  expect(await changesSince(reader, since)).toEqual([]);
  await deliver(service, { user_id: "same" }, { user_id: "corrected", iap_revenue: 7 }, { user_id: "new" });
  expect(await changesSince(reader, since)).toEqual(["corrected 7", "new 4.99"]);
  expect(await changesSince(reader, "-infinity")).toHaveLength(4);
});

it("returns erased users, also without rows, and rows that were sent again afterwards", async () => {
  const { service, reader } = await start();
  await deliver(service, { user_id: "gone" }, { user_id: "back" });
  const since = await now(reader);
  for (const user of ["gone", "back", "never seen"]) await eraseActivity(service, user);
  await deliver(service, { user_id: "back", iap_revenue: 2 });
  expect(await changesSince(reader, since)).toEqual(["back 2", "back †", "gone †", "never seen †"]);
  expect(await changesSince(reader, await now(reader))).toEqual([]);
});

it("returns the rows that a concurrent delivery left of an erased user, each once", async () => {
  const { database, service, reader } = await start();
  const other = await connect(database.serviceUrl);
  await service.query("begin");
  const before = await now(reader);
  await deliver(service, { user_id: "racing" });
  const between = await now(reader);
  await eraseActivity(other, "racing");
  await service.query("commit");
  for (const since of [before, between]) {
    expect(await changesSince(reader, since)).toEqual(["racing 4.99", "racing †"]);
  }
});

it("is available to the reader alone, which may change nothing", async () => {
  const { service, reader } = await start();
  await expect(service.query("select activity_changes('now')")).rejects.toThrow(/permission denied/);
  await expect(reader.query("delete from erased_users")).rejects.toThrow(/permission denied/);
});
