import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { writePart } from "@clan-platform/scripts/testkit/parts.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it, onTestFinished } from "vitest";
import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import { type Warehouse, WarehouseError } from "../warehouse.ts";
import { loadRawFiles } from "./load-raw-files.ts";

async function start() {
  const folder = await temporaryFolder();
  const warehouse = await openDuckdb(":memory:");
  onTestFinished(() => warehouse.close());
  await warehouse.createTables();
  const write = (name: string, user_id: string, iap_revenue: number) =>
    writePart(folder, name, [activity({ user_id, iap_revenue })]);
  const stored = () =>
    warehouse.query("select user_id, iap_revenue from clan_case_raw.user_daily_metrics_raw order by user_id");
  return { folder, warehouse, write, stored };
}

it("keeps the row of the later file, and loads a file with two names once, although each is prepared before its turn", async () => {
  const { folder, warehouse, write, stored } = await start();
  const paths = [
    write("a.csv", "ann", 1),
    write("b.csv", "ann", 2),
    write("b-again.csv", "ann", 2),
    write("c.csv", "bob", 3),
  ];
  expect(await loadRawFiles(warehouse, paths, folder)).toMatchObject([
    { loaded: 1, replaced: 0, wasLoaded: false },
    { loaded: 0, replaced: 1, wasLoaded: false },
    { wasLoaded: true },
    { loaded: 1, replaced: 0, wasLoaded: false },
  ]);
  expect(await stored()).toEqual([
    { user_id: "ann", iap_revenue: "2" },
    { user_id: "bob", iap_revenue: "3" },
  ]);
});

it.each(["prepareFile", "load"] as const)(
  "loads nothing after a file that fails (%s), and all of it when run again",
  async (step) => {
    const { folder, warehouse, write, stored } = await start();
    const paths = [write("a.csv", "ann", 1), write("b.csv", "bob", 2), write("c.csv", "cem", 3)];
    const refuse = () => Promise.reject(new WarehouseError("The disk is full."));
    const failing: Warehouse = {
      ...warehouse,
      prepareFile: async (part) => {
        if (!part.path.endsWith("b.csv")) return warehouse.prepareFile(part);
        return step === "prepareFile" ? refuse() : { load: refuse, discard: async () => {} };
      },
    };
    await expect(loadRawFiles(failing, paths, folder)).rejects.toThrow("The disk is full.");
    expect(await stored()).toEqual([{ user_id: "ann", iap_revenue: "1" }]);

    const again = await loadRawFiles(warehouse, paths, folder);
    expect(again.map(({ wasLoaded }) => wasLoaded)).toEqual([true, false, false]);
    expect(await stored()).toHaveLength(3);
  },
);
