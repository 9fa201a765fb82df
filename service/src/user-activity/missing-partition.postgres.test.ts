import { activity, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import { migrate } from "../database/migrations.ts";
import { listPartitions } from "../retention/quarter-partitions.ts";

it("says that a migration is missing while no partition has a row's day, and stores the row once it has run", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  for (const { table } of await listPartitions(admin)) await admin.query(`drop table ${table}`);
  const rows = [activity({ event_date: new Date().toISOString().slice(0, 10) })];
  const send = async (path: string, type: string, payload: string) => {
    const response = await app.inject({
      method: "POST",
      url: path,
      headers: { "content-type": type },
      payload,
    });
    return [response.statusCode, response.json().reason ?? response.json().received];
  };
  const both = async () => [
    await send("/user-activity", "application/json", JSON.stringify({ rows })),
    await send("/user-activity/import", "text/csv", toCsv(rows)),
  ];
  expect(await both()).toEqual(Array(2).fill([503, "SCHEMA_OUTDATED"]));
  await migrate(database.adminUrl);
  expect(await both()).toEqual(Array(2).fill([200, 1]));
});
