import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { expect, it } from "vitest";
import { fill } from "./dashboard-volume.ts";

it("fills daily_metrics as it is now, every sum of it too", async () => {
  const warehouse = await openDuckdb(":memory:");
  await warehouse.createTables();
  await fill(warehouse, 2);
  const filled = await warehouse.query(`
    select count(*) as row_count, count(distinct event_date) as days, count(payers) as with_payers,
      count(total_session_duration) as with_sessions
    from clan_case_analytics.daily_metrics`);
  expect(filled).toEqual([{ row_count: 760, days: 2, with_payers: 760, with_sessions: 760 }]);
  await warehouse.close();
});
