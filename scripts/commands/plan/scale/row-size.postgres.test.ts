import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { activityFields } from "@clan-platform/contract/columns.ts";
import { from as copyFrom } from "pg-copy-streams";
import { expect, it } from "vitest";
import { activityCsv } from "../../../bench/activity-rows.ts";
import { connect, createTestDatabase } from "../../../testkit/database.ts";
import { measured } from "./constants.ts";

it("a row of user_activity with its indexes has the bytes that the model uses", async () => {
  const client = await connect((await createTestDatabase()).adminUrl);
  const count = 60_000;
  const copy = copyFrom(`copy user_activity (${activityFields}) from stdin (format csv, header)`);
  await pipeline(Readable.from([activityCsv(0, count)]), client.query(copy));
  const { rows } = await client.query(
    "select sum(pg_total_relation_size(relid))::int as bytes from pg_partition_tree('user_activity')",
  );
  const bytes = rows[0].bytes / count;
  expect(bytes).toBeGreaterThan(measured.postgresRowBytes * 0.8);
  expect(bytes).toBeLessThan(measured.postgresRowBytes * 1.2);
});
