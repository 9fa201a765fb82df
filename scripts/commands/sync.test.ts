import { yesterday } from "@clan-platform/warehouse/days.ts";
import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import { expect, it } from "vitest";
import { activity } from "../testkit/activity.ts";
import { runCommand } from "../testkit/command.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { readWarehouse } from "../testkit/parts.ts";
import { type RunningPlatform, start, startAs, stop } from "../testkit/platform.ts";
import { expectOneSentence, temporaryFolder, untilPrinted } from "../testkit/run.ts";

/** Stores rows through the API, as a game backend does. */
async function send(api: string, rows: Record<string, unknown>[]): Promise<Record<string, number>> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ rows: rows.map((row) => activity(row)) });
  const response = await fetch(`${api}/user-activity`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, number>;
}

async function erase(api: string, user: string): Promise<void> {
  const response = await fetch(`${api}/users/${user}/activity`, { method: "DELETE" });
  expect(response.status).toBe(204);
}

/** `npm run sync`; returns the line that it prints. */
async function sync(folder: string): Promise<string> {
  const { code, output } = await runCommandInProcess("sync", [], { DATA_DIR: folder });
  expect([code, output]).toEqual([0, expect.any(String)]);
  return output.trim();
}

const nothingNew = "0 rows new, 0 changed, 0 deleted; daily_metrics is up to date";

// Without the columns that were added later: warehouse/tables/daily_metrics/query.test.ts has those.
const addedColumns = "payers, new_users, total_sessions, total_session_duration, arppu, payer_ratio";
const metrics = (folder: string) =>
  readWarehouse(
    folder,
    `select * exclude (${addedColumns}) from clan_case_analytics.daily_metrics order by event_date, country, platform`,
  );

/** What the dashboard shows of some days, added up: revenue in millionths of a USD. */
async function shown({ dashboard }: RunningPlatform, from: string, to: string) {
  const response = await fetch(`${dashboard}/api/figures?from=${from}&to=${to}`);
  const { sums } = (await response.json()) as { sums: Record<string, (string | number)[]> };
  const sum = (name: string) =>
    (sums[name] ?? []).reduce<number>((total, value) => total + Math.round(Number(value) * 1e6), 0);
  return { dau: sum("dau") / 1e6, revenue: sum("total_iap_revenue") + sum("total_ad_revenue") };
}

/** The rows that are in one and not in the other. */
function difference(before: Row[], after: Row[]): { deleted: Row[]; come: Row[] } {
  const texts = (rows: Row[]) => new Set(rows.map((row) => JSON.stringify(row)));
  const [old, fresh] = [texts(before), texts(after)];
  return {
    deleted: before.filter((row) => !fresh.has(JSON.stringify(row))),
    come: after.filter((row) => !old.has(JSON.stringify(row))),
  };
}

const dayBefore = (day: string, days: number) =>
  new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);

it("what the API takes in changes daily_metrics by exactly that, once, and an erasure changes it back", async () => {
  const folder = await temporaryFolder();
  const platform = await start(folder, ["--rows", "3000"]);
  const { api } = platform;
  const [first, second, third] = [dayBefore(yesterday(), 2), dayBefore(yesterday(), 1), yesterday()];
  // Two countries that the synthetic activity has not.
  const [AQ, BV] = ["AQ", "BV"];
  const before = await metrics(folder);
  const shownBefore = await shown(platform, first, third);
  expect(before.length).toBeGreaterThan(100);
  expect(before.filter(({ country }) => country === AQ || country === BV)).toEqual([]);

  const rows = [
    { user_id: "ann", event_date: first, country: AQ, iap_revenue: 1, ad_revenue: 0.25 },
    { user_id: "ann", event_date: third, country: AQ, iap_revenue: 2, ad_revenue: 0.5 },
    { user_id: "bob", event_date: third, country: AQ, iap_revenue: 4, ad_revenue: 0 },
    { user_id: "ann", event_date: second, country: BV, platform: "IOS", iap_revenue: 8, ad_revenue: 0 },
  ];
  await send(api, rows);
  expect(await sync(folder)).toMatch(
    new RegExp(
      `^4 rows new, 0 changed, 0 deleted(, [\\d,]+ clans)?(, [\\d,]+ memberships)?; daily_metrics recomputed ${first} to ${third}$`,
    ),
  );
  const one = { matches_started: 5, matches_ended: 4, victories: 2, defeats: 2, server_connection_errors: 1 };
  const ratios = { match_per_dau: 5, win_ratio: 0.5, defeat_ratio: 0.5, server_error_per_dau: 1 };
  const row = (event_date: string, country: string, platform: string, iap: string, ad: string) => ({
    ...{ event_date, country, platform, dau: 1, total_iap_revenue: iap, total_ad_revenue: ad },
    ...{ arpdau: Number(iap) + Number(ad), ...one, ...ratios },
  });
  const twoUsers = { dau: 2, arpdau: 3.25, matches_started: 10, matches_ended: 8, victories: 4, defeats: 4 };
  const delivered = [
    row(first, AQ, "ANDROID", "1", "0.25"),
    row(second, BV, "IOS", "8", "0"),
    { ...row(third, AQ, "ANDROID", "6", "0.5"), ...twoUsers, server_connection_errors: 2 },
  ];
  const afterFirst = await metrics(folder);
  expect(difference(before, afterFirst)).toEqual({ deleted: [], come: delivered });
  expect(await shown(platform, first, third)).toEqual({
    dau: shownBefore.dau + 4,
    revenue: shownBefore.revenue + 15_750_000,
  });

  // Repeated as it was, corrected, and late; and synced twice.
  await send(api, [rows[0] ?? {}, { ...rows[3], iap_revenue: 9 }, { ...rows[2], event_date: first }]);
  expect(await sync(folder)).toBe(
    `1 row new, 1 changed, 0 deleted; daily_metrics recomputed ${first} to ${second}`,
  );
  const afterSecond = await metrics(folder);
  expect(difference(afterFirst, afterSecond).come).toEqual([
    {
      ...row(first, AQ, "ANDROID", "5", "0.25"),
      ...twoUsers,
      arpdau: 2.625,
      server_connection_errors: 2,
    },
    row(second, BV, "IOS", "9", "0"),
  ]);
  expect(await sync(folder)).toBe(nothingNew);
  expect(await metrics(folder)).toEqual(afterSecond);

  await erase(api, "bob");
  await sync(folder);
  expect(difference(before, await metrics(folder))).toEqual({
    deleted: [],
    come: [delivered[0], row(second, BV, "IOS", "9", "0"), row(third, AQ, "ANDROID", "2", "0.5")],
  });
  await erase(api, "ann");
  expect(await sync(folder)).toMatch(/^0 rows new, 0 changed, 3 deleted; /);
  expect(await metrics(folder)).toEqual(before);
  expect(await shown(platform, first, third)).toEqual(shownBefore);
  expect(await sync(folder)).toBe(nothingNew);
}, 300_000);

it("npm start syncs by itself, and prints what changed", async () => {
  const folder = await temporaryFolder();
  const platform = await start(folder);
  await send(platform.api, [{ user_id: "ann" }]);
  await stop(platform);
  const again = await startAs(["--rows", "0"], folder);
  await untilPrinted(again, "; daily_metrics recomputed 2024-03-05");
  expect(again.output()).toMatch(
    /1 row new, 0 changed, 0 deleted(, [\d,]+ clans)?(, [\d,]+ memberships)?; daily_metrics/,
  );
  expect((await metrics(folder)).map(({ dau }) => dau)).toEqual([1]);
}, 300_000);

it("works when nothing else runs, and refuses BigQuery in one sentence", async () => {
  const folder = await temporaryFolder();
  expect(await sync(folder)).toBe(nothingNew);
  const refused = runCommand("sync", ["--target", "bigquery"], { DATA_DIR: folder });
  expect(await refused.ended).toBe(64);
  expectOneSentence(refused.output(), /start the scheduled query activity_sync/);
});
