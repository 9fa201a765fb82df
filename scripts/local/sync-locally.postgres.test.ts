import { eraseActivity } from "@clan-platform/service/user-activity/repository.ts";
import { activitySyncsTable, fullName } from "@clan-platform/warehouse/tables/table.ts";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { deliver, expectSynced, startPostgres, storedRows } from "../testkit/synced.ts";
import { openClanDatabase } from "./clan-database.ts";
import { parseSettings } from "./settings.ts";
import { syncLocally } from "./sync-locally.ts";
import { openWarehouse } from "./warehouse-target.ts";

it("erases who was erased after the last sync, however long ago that was, and then forgets them", async () => {
  const { admin, service, adminUrl } = await startPostgres();
  const settings = parseSettings({ DATA_DIR: await temporaryFolder(), DATABASE_URL: adminUrl });
  await deliver(service, { user_id: "erased" }, { user_id: "other" });
  await syncLocally(adminUrl, settings);
  await eraseActivity(service, "erased");
  // As if nothing had run since, for a hundred days.
  await admin.query("update erased_users set erased_at = erased_at - interval '100 days'");
  const before = await openWarehouse("local", settings);
  await before.write({
    sql: `update ${fullName(activitySyncsTable)} set synced_to = synced_to - interval 100 day`,
  });
  await before.close();

  await openClanDatabase(settings);
  // While the API serves already, and the first sync is still to come.
  await eraseActivity(service, "somebody else");
  expect(await syncLocally(adminUrl, settings)).toMatchObject({ deleted: 1 });
  const warehouse = await openWarehouse("local", settings);
  await expectSynced(warehouse, await storedRows(admin));
  await warehouse.close();
  const { rows } = await admin.query("select user_id from erased_users");
  expect(rows).toEqual([{ user_id: "somebody else" }]);
});
