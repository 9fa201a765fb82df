import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { activityFields } from "@clan-platform/contract/columns.ts";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import type pg from "pg";
import { expect, it } from "vitest";
import { readClanFile } from "../clans/seeding/clan-file.ts";
import { insertClans } from "../clans/seeding/insert-clans.ts";

const folder = new URL("../../../docs/queries/postgresql/", import.meta.url);
const clanFile = fileURLToPath(new URL("../../../scripts/data/clans.csv", import.meta.url));
const page = readFileSync(new URL("../../../docs/dbeaver.md", import.meta.url), "utf8");

const rows = [
  // Two users of one group, of whom one played nothing.
  activity({ user_id: "ana", event_date: "2024-03-05" }),
  activity({
    user_id: "ben",
    event_date: "2024-03-05",
    match_start_count: 0,
    match_end_count: 0,
    victory_count: 0,
    defeat_count: 0,
  }),
  // No country, and no match: no ratio.
  activity({
    user_id: "cem",
    event_date: "2024-03-05",
    country: null,
    match_end_count: 0,
    victory_count: 0,
    defeat_count: 0,
  }),
  // The first of the 30 days, and the day before it.
  activity({ user_id: "dan", event_date: "2024-02-05", install_date: "2024-02-01" }),
  activity({ user_id: "eve", event_date: "2024-02-04", install_date: "2024-02-01" }),
];

/** What each query returns on the shipped clans and these rows. */
const expectations: Record<string, (result: pg.QueryResult) => void> = {
  "number-of-clans.sql": ({ rows: [all, ...regions] }) => {
    expect(all).toMatchObject({ region: "all", clans: "47" });
    expect(regions.reduce((sum, { clans }) => sum + Number(clans), 0)).toBe(47);
    expect(regions).toContainEqual(expect.objectContaining({ region: "none" }));
  },
  "newest-clans.sql": ({ rows: clans }) => {
    const times = clans.map(({ created_at }) => created_at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(clans).toHaveLength(47);
  },
  "activity-columns.sql": ({ rows: columns }) => {
    expect(columns.map(({ column_name }) => column_name)).toEqual([
      ...activityFields,
      "received_at",
      "updated_at",
    ]);
    expect(columns.filter(({ may_be_null }) => may_be_null)).toMatchObject([{ column_name: "country" }]);
    expect(columns.at(6)).toMatchObject({ column_name: "total_session_duration", meaning: "Seconds." });
  },
  "activity-sample.sql": ({ rows: sample, fields }) => {
    expect(fields.map(({ name }) => name)).toEqual(activityFields);
    expect(sample.map(({ user_id }) => user_id)).toEqual(["ana", "ben", "cem", "dan", "eve"]);
  },
  "daily-metrics.sql": ({ rows: metrics }) => {
    expect(metrics.map(({ country, dau }) => [country, dau])).toEqual([
      ["TR", "2"],
      ["Unknown", "1"],
      ["TR", "1"],
    ]);
    expect(metrics[0]).toMatchObject({
      total_iap_revenue: "9.98",
      total_ad_revenue: "0.0250",
      arpdau: 5.0025,
      matches_started: "5",
      match_per_dau: 2.5,
      win_ratio: 0.5,
      defeat_ratio: 0.5,
      server_error_per_dau: 1,
    });
    expect(metrics[1]).toMatchObject({ win_ratio: null, defeat_ratio: null });
  },
};

/** A connection with the rights of people who look at the database, which has the shipped clans and these rows. */
async function connectAsViewer(): Promise<pg.Client> {
  const { app, database } = await startTestApp();
  await insertClans({ DATABASE_URL: database.serviceUrl }, await readClanFile(clanFile));
  expect((await post(app, "/user-activity", { rows })).status).toBe(200);
  const client = await connect(database.adminUrl);
  await client.query("set role clan_viewer");
  return client;
}

it("every saved query is tried, and listed with its question", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(expectations).sort());
  for (const name of Object.keys(expectations)) expect(page).toContain(`](queries/postgresql/${name})`);
});

it.each(Object.keys(expectations))("%s answers its question, to people who may only read", async (name) => {
  const client = await connectAsViewer();
  const text = readFileSync(new URL(name, folder), "utf8");
  expect(text).toMatch(/^-- [A-Z].*\?/);
  expectations[name]?.(await client.query(text));
});
