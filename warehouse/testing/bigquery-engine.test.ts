import { expect, it, onTestFinished } from "vitest";
import { openBigquery } from "../engines/bigquery/bigquery.ts";
import { fullName, rawTable } from "../tables/table.ts";
import { connectionTo, startBigquery } from "./bigquery-server.ts";
import { insertRows, rawRow } from "./rows.ts";

async function start() {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  return warehouse;
}

it("refuses a MERGE of which two rows match one", async () => {
  const warehouse = await start();
  await insertRows(warehouse, rawTable, [rawRow()]);
  const merge = (sources: string, action: string) =>
    warehouse.write({
      sql: `merge into ${fullName(rawTable)} as target
using (${sources}) as source
on target.event_date between '2024-03-01' and '2024-03-31' and target.user_id = source.user_id
when matched then ${action}`,
      writes: rawTable,
    });
  const ann = "select 'ann' as user_id, 7 as sessions";
  const update = "update set total_session_count = source.sessions";
  const refusal = "UPDATE/MERGE must match at most one source row for each target row";
  await expect(merge(`${ann} union all ${ann}`, update)).rejects.toThrow(refusal);
  await expect(merge(`${ann} union all ${ann}`, "delete")).rejects.toThrow(refusal);
  await merge(`${ann} union all select 'bob', 8`, update);
});
