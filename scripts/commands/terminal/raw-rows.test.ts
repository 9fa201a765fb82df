import { addDays, today } from "@clan-platform/warehouse/days.ts";
import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { fullName, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { connectionTo, startBigquery } from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { withRawRows } from "./raw-rows.ts";

it("days whose raw rows have expired are left out, and said to be; without any left, the command ends", async () => {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  const log = vi.spyOn(console, "log").mockReturnValue();
  onTestFinished(() => log.mockRestore());
  const year = { from_date: addDays(today(), -365), to_date: today() };
  expect(await withRawRows(warehouse, year)).toEqual(year);
  expect(log).not.toHaveBeenCalled();

  const { timePartitioning } = server.engine.tables.get(fullName(rawTable)) ?? {};
  Object.assign(timePartitioning ?? {}, { expirationMs: String(200 * 86_400_000) });
  const first = addDays(today(), -198);
  expect(await withRawRows(warehouse, year)).toEqual({ ...year, from_date: first });
  expect(log.mock.calls.join("").replace(/\s+/g, " ")).toContain(`Days before ${first} are left out`);
  await expect(withRawRows(warehouse, { ...year, to_date: year.from_date })).rejects.toThrow(
    `--to ${year.from_date} is before ${first}`,
  );
});
