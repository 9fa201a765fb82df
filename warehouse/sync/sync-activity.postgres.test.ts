import { activityFields } from "@clan-platform/contract/activity-row.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { deliver, expectSynced, startPostgres, storedRows } from "@clan-platform/scripts/testkit/synced.ts";
import { eraseActivity } from "@clan-platform/service/user-activity/repository.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { backfill } from "../tables/daily_metrics/backfill.ts";
import {
  activitySyncsTable,
  fullName,
  loadedPartsTable,
  rawTable,
  rejectedTable,
  tables,
} from "../tables/table.ts";
import { openInMemory } from "../testing/in-memory.ts";
import { rawRow, setRows } from "../testing/rows.ts";
import { lastRun } from "./last-run.ts";
import { type Ends, syncActivity } from "./sync-activity.ts";

/** Both ends, with an in-memory warehouse that stays open. */
async function startEnds() {
  const postgres = await startPostgres();
  const warehouse = await openInMemory();
  const ends: Ends = {
    databaseUrl: postgres.adminUrl,
    folder: await temporaryFolder(),
    openWarehouse: async () => ({ ...warehouse, close: async () => {} }),
  };
  return { ...postgres, warehouse, ends };
}

it("copies rows exactly, to the last digit and letter, and reads only what changed since", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  await deliver(
    service,
    { user_id: 'quo"te, comma \\ and é \u{1f600}', country: null, iap_revenue: "999999999999999" },
    { user_id: "half", ad_revenue: "0.0000000005", iap_revenue: "123456789.123456789", country: "" },
    { user_id: "plain", total_session_count: 2_147_483_647 },
  );
  await syncActivity(ends);
  await expectSynced(warehouse, await storedRows(admin));
  // No amount with more than nine digits before the point: these are read as narrower numbers.
  await deliver(
    service,
    { user_id: "below half", ad_revenue: "0.00000000049999999999", iap_revenue: "0.12345678949999" },
    { user_id: "above half", ad_revenue: "0.00000000150000000001", iap_revenue: "999999998.9999999995" },
  );
  await syncActivity(ends);
  const stored = await storedRows(admin);
  await expectSynced(warehouse, stored);
  expect(stored.find(({ user_id }) => user_id === "half")).toMatchObject({ ad_revenue: "0.000000001" });

  // As if it had changed long before the last sync, which would have seen it then.
  await admin.query("update user_activity set iap_revenue = 1, updated_at = now() - interval '1 minute'");
  expect(await syncActivity(ends)).toMatchObject({ inserted: 0, updated: 0 });
  await expectSynced(warehouse, stored);
});

it("copies every text that PostgreSQL can store, also what COPY escapes", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  const ids = [
    ...[
      "\\N",
      "\\.",
      "\\",
      "\\\\",
      "a\\nb",
      "\\\\n",
      "\\\\\\t\\",
      '"',
      '"quoted"',
      "a,b;c|d",
      "'",
      "#comment",
      " padded ",
    ],
    ...[
      "\b",
      "\t",
      "\n",
      "\v",
      "\f",
      "\r",
      "\r\n",
      "a\tb\\\tc\\\\\n",
      "\x01\x1f\x7f\u0085\u2028",
      "\ufeffbom",
    ],
  ];
  // The service takes most of these, the table all.
  await deliver(service, { user_id: "plain" });
  const copied = activityFields.map((name) => (name === "user_id" ? "id" : name));
  await admin.query(
    `insert into user_activity (${activityFields}) select ${copied} from user_activity cross join unnest($1::text[]) as id`,
    [ids],
  );
  await eraseActivity(service, "gone\\\tfor good");
  await syncActivity(ends);
  // In hex, because DuckDB's client leaves out a byte order mark.
  const synced = await warehouse.query("select hex(user_id) as id from clan_case_raw.user_daily_metrics_raw");
  const hex = (id: string) => Buffer.from(id).toString("hex").toUpperCase();
  expect(synced.map(({ id }) => id).toSorted()).toEqual([...ids, "plain"].map(hex).toSorted());
});

it("sees what was being stored while it ran in the next run, however long that takes", async () => {
  const { admin, service, serviceUrl, warehouse, ends } = await startEnds();
  const slow = await connect(serviceUrl);
  await slow.query("begin");
  await deliver(slow, { user_id: "slow" });
  await deliver(service, { user_id: "quick" });
  await syncActivity(ends);
  // The slow one began ten minutes ago, and nothing but its end is left.
  await slow.query("update user_activity set updated_at = now() - interval '10 minutes'");
  await slow.query("commit");
  expect(await syncActivity(ends)).toMatchObject({ inserted: 1, updated: 0 });
  await expectSynced(warehouse, await storedRows(admin));
});

it("misses nothing that is written after PostgreSQL's clock was set back to before the last sync, and reads only what changed again from then on", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  await deliver(service, { user_id: "before" });
  await syncActivity(ends);
  // As if the clock had been an hour fast until now.
  await admin.query("update user_activity set updated_at = updated_at + interval '1 hour'");
  const columns = ["started_at", "finished_at", "synced_to", "clans_synced_to"];
  const later = columns.map((column) => `${column} = ${column} + interval 1 hour`);
  await warehouse.write({ sql: `update ${fullName(activitySyncsTable)} set ${later}` });
  await deliver(service, { user_id: "after" });
  expect(await syncActivity(ends)).toMatchObject({ inserted: 1, updated: 0 });
  await expectSynced(warehouse, await storedRows(admin));
  expect(await lastRun(warehouse)).toMatchObject({ inserted: 1, isCovered: true });

  const stored = await storedRows(admin);
  await admin.query(
    "update user_activity set iap_revenue = 1, updated_at = now() - interval '1 minute' where user_id = 'after'",
  );
  expect(await syncActivity(ends)).toMatchObject({ inserted: 0, updated: 0 });
  await expectSynced(warehouse, stored);
});

it("erases a user's rows from files as well, except those that were sent again", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  const fromFile = [
    rawRow({ user_id: "erased", event_date: "2019-01-01" }),
    rawRow({ user_id: "erased", event_date: "2024-03-05" }),
    rawRow({ user_id: "other", event_date: "2019-01-01" }),
  ];
  await setRows(warehouse, rawTable, fromFile);
  await eraseActivity(service, "erased");
  await deliver(service, { user_id: "erased", event_date: "2024-03-05" });
  expect(await syncActivity(ends)).toEqual({
    ...{ inserted: 0, updated: 1, deleted: 1, clans: 0, memberships: 0 },
    recomputed: [
      { from_date: "2019-01-01", to_date: "2019-01-01" },
      { from_date: "2024-03-05", to_date: "2024-03-05" },
    ],
  });
  await expectSynced(warehouse, [...fromFile.slice(2), ...(await storedRows(admin))]);
});

it("erases rejected lines with a user's id in any format, and no others; lines expire 30 days after their file", async () => {
  const { service, warehouse, ends } = await startEnds();
  const line = (line: number, text: string | null, part = "new") => ({
    ...{ part, file: `${part}.csv`, line, field: "platform", reason: "must be ANDROID or IOS", text },
  });
  const others = [
    line(5, "anna,2024-03-05,PS5"),
    line(6, "2024-03-05,ann b,PS5"),
    line(7, null),
    // Whose ids only contain an erased one, or are one but for a separator.
    line(8, '"say ""ann"" now",2024-03-05,PS5'),
    line(9, String.raw`{"user_id":"J\u00f6rg\u00fc","platform":"PS5"}`),
    line(10, '"a,b""c",2024-03-05,PS5'),
    line(11, '"""ann""",2024-03-05,PS5'),
    line(12, JSON.stringify({ user_id: 'say, "ann", now', platform: "PS5" })),
    line(13, String.raw`C:\users\x,2024-03-05,PS5`),
  ];
  const odd = ['a;b"c', '"x"', "J\u00f6rg", 'back\\slash "é" \u{1f600}'];
  const oddLines = odd.flatMap((id) => {
    const quoted = `"${id.replaceAll('"', '""')}"`;
    const json = JSON.stringify({ user_id: id, platform: "PS5" });
    return [
      ...[`${quoted},2024-03-05,PS5`, `2024-03-05; ${quoted} ;PS5`, `PS5\t${quoted}`, json],
      // As Python and PHP write it, and a line that ends too early.
      ...[escaped(json, (hex) => hex), escaped(json, (hex) => hex.toUpperCase()), `${json.slice(0, -3)}`],
    ];
  });
  await setRows(warehouse, rejectedTable, [
    line(1, "ann,2024-03-05,PS5"),
    line(2, '2024-03-05;"ann";PS5'),
    line(3, "PS5\tann"),
    line(4, '{"user_id":"ann","platform":"PS5"}'),
    line(20, " ann , 2024-03-05, PS5"),
    line(22, '"","",ann,2024-03-05,PS5'),
    line(23, 'a;b"c,2024-03-05,PS5'),
    line(21, '{"user_id" : "ann" ,"platform": "PS5'),
    ...oddLines.map((text, at) => line(100 + at, text)),
    ...others,
    line(1, "bob,2024-03-05,PS5", "old"),
  ]);
  const partLoaded = (part: string, days: number) => ({
    ...{ part, file: `${part}.csv`, rows_read: 1, rows_loaded: 0, rows_replaced: 0, rows_rejected: 1 },
    loaded_at: new Date(Date.now() - days * 86_400_000).toISOString(),
  });
  await setRows(warehouse, loadedPartsTable, [partLoaded("new", 29), partLoaded("old", 31)]);
  for (const id of ["ann", ...odd]) await eraseActivity(service, id);
  await syncActivity(ends);
  const kept = await warehouse.query(`select * from ${fullName(rejectedTable)} order by line`);
  expect(kept).toEqual(others);
});

/** JSON in ASCII. */
const escaped = (json: string, write: (hex: string) => string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${write(unit.charCodeAt(0).toString(16).padStart(4, "0"))}`);

it("copies the same, and misses nothing, whatever the database has set for dates, times, intervals and its search path", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  await admin.query(`do $$
    begin
      execute format('alter database %I set datestyle = ''SQL, DMY''', current_database());
      execute format('alter database %I set timezone = ''Europe/Istanbul''', current_database());
      execute format('alter database %I set intervalstyle = ''sql_standard''', current_database());
      execute format('alter database %I set search_path = "$user"', current_database());
    end
  $$`);
  await deliver(service, { user_id: "first", event_date: "2024-03-05" });
  await syncActivity(ends);
  await expectSynced(warehouse, await storedRows(admin));
  // Two hours old: within the offset of the database's time zone, and long before the watermark.
  const [{ synced_to = "" } = {}] = await warehouse.query<{ synced_to: string }>(
    "select cast(max(synced_to) as string) as synced_to from clan_case_raw.activity_syncs",
  );
  expect(Math.abs(Date.parse(synced_to) - Date.now())).toBeLessThan(60_000);
  await deliver(service, { user_id: "second", event_date: "2024-12-11" });
  expect(await syncActivity(ends)).toMatchObject({ inserted: 1, updated: 0 });
  await expectSynced(warehouse, await storedRows(admin));
});

it("starts over when another sync interfered, so that older changes never replace newer ones", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  await deliver(service, { user_id: "ann", iap_revenue: 1 });
  let opened = 0;
  const interrupted: Ends = {
    ...ends,
    openWarehouse: async () => {
      opened++;
      if (opened === 2) {
        await deliver(service, { user_id: "ann", iap_revenue: 2 });
        await syncActivity(ends);
      }
      return ends.openWarehouse();
    },
  };
  expect(await syncActivity(interrupted)).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  expect(opened).toBe(4);
  await expectSynced(warehouse, await storedRows(admin));
  expect(await warehouse.query("select sum(rows_inserted) as n from clan_case_raw.activity_syncs")).toEqual([
    { n: 1 },
  ]);
});

const user = fc.constantFrom("a", "b", "c");
const row = fc.record({
  user_id: user,
  event_date: fc.constantFrom("2024-03-01", "2024-03-02", "2024-03-05"),
  country: fc.constantFrom("TR", "DE", null),
  match_start_count: fc.nat(3),
  // Dyadic, so that any computation reproduces the ratios to the last digit.
  iap_revenue: fc.constantFrom(0, 0.5, 4),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ deliver: fc.array(row, { minLength: 1, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ erase: user }) },
  { weight: 2, arbitrary: fc.constant({ sync: true }) },
);

type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
const keyOf = ({ user_id, event_date }: { user_id: string; event_date: string }) =>
  `${user_id} ${event_date}`;
const asRaw = (row: Row) => rawRow({ ...row, iap_revenue: String(row.iap_revenue) });
const everyDay = { from_date: "2024-03-01", to_date: "2024-03-05" };

it("after any deliveries, corrections, erasures and syncs, daily_metrics is as PostgreSQL and files say", async () => {
  const { admin, service, warehouse, ends } = await startEnds();
  const file = fc.uniqueArray(row, { maxLength: 4, selector: keyOf });
  await fc.assert(
    fc.asyncProperty(file, fc.array(step, { minLength: 3, maxLength: 12 }), async (file, steps) => {
      await admin.query("truncate user_activity, erased_users");
      for (const table of tables) await setRows(warehouse, table, []);
      await setRows(warehouse, rawTable, file.map(asRaw));
      await backfill(warehouse, everyDay);
      const erased = new Set<string>();
      for (const step of [...steps, { sync: true }]) {
        if ("deliver" in step) await deliver(service, ...step.deliver);
        if ("erase" in step) {
          await eraseActivity(service, step.erase);
          erased.add(step.erase);
        }
        if ("sync" in step) await syncActivity(ends);
      }
      const stored = await storedRows(admin);
      const storedKeys = new Set(stored.map(keyOf));
      const ofFile = file.filter((row) => !erased.has(row.user_id) && !storedKeys.has(keyOf(row)));
      await expectSynced(warehouse, [...stored, ...ofFile.map(asRaw)]);
    }),
    { numRuns: 15 },
  );
}, 300_000);
