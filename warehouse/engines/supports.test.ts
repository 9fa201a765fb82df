import { expect, it } from "vitest";
import { connectionTo, startBigquery } from "../testing/bigquery-server.ts";
import type { Changes, Warehouse } from "../warehouse.ts";
import { supports as bigquerySupports, openBigquery } from "./bigquery/bigquery.ts";
import { openDuckdb } from "./duckdb/duckdb.ts";
import { supports as duckdbSupports } from "./duckdb/warehouse-on.ts";

const files = { activity: "none.csv", clans: "none.csv", memberships: "none.csv" };
const changes: Changes = { files, since: null, isClockSetBack: false, syncedTo: "", startedAt: "" };

/** Expects that exactly the methods that the engine does not support are refused as a defect of the caller. */
async function expectSupports(warehouse: Warehouse): Promise<void> {
  const calls = {
    syncActivity: () => warehouse.syncActivity(changes),
    bytesToRead: () => warehouse.bytesToRead("select 1 as one"),
  };
  for (const [name, call] of Object.entries(calls)) {
    const message = await call().then(String, (error: Error) => error.message);
    const isRefused = /does not support this/.test(message);
    expect([name, isRefused]).toEqual([name, !warehouse.supports[name as keyof typeof calls]]);
  }
}

it("an engine does what its constant says, and refuses the rest", async () => {
  const duckdb = await openDuckdb(":memory:");
  expect(duckdb.supports).toBe(duckdbSupports);
  await expectSupports(duckdb);
  await duckdb.close();

  const server = await startBigquery();
  const bigquery = await openBigquery(connectionTo(server));
  expect(bigquery.supports).toBe(bigquerySupports);
  await expectSupports(bigquery);
  server.close();
});
