import { rawRow } from "@clan-platform/warehouse/testing/rows.ts";
import { describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { localSource } from "../server/local-source.ts";
import { openPage, untilDrawn } from "../testing/browser.ts";
import { filters, panel, saveCsv, serveOther, startDashboard, tableBehind } from "../testing/dashboard.ts";
import { toNumber } from "../testing/figures.ts";
import { makeFixture } from "../testing/fixture.ts";

// Forty days of which each has ten installs; half of them are back a day later, one in five after a week.
const firstDay = "2026-02-02";
const lastDay = addDays(firstDay, 39);
const rows = Array.from({ length: 40 }, (_, at) => at).flatMap((at) =>
  Array.from({ length: 10 }, (_, user) => {
    const install_date = addDays(firstDay, at);
    const row = (n: number) =>
      rawRow({
        user_id: `${at}-${user}`,
        event_date: addDays(install_date, n),
        install_date,
        country: user < 6 ? "TR" : "DE",
        platform: user % 2 === 0 ? "IOS" : "ANDROID",
        iap_revenue: user === 0 ? "2.00" : "0",
        ad_revenue: "0.10",
      });
    const ns = [0, ...(user < 5 ? [1] : []), ...(user < 2 ? [7] : [])];
    return ns.filter((n) => at + n < 40).map(row);
  }).flat(),
);

const { fixture, address, browser } = await startDashboard(makeFixture(rows));
const open = (search: string) => openPage(browser, `${address}${search}`);

it("CSV of active users and of the cohorts has what the tables of the warehouse have", async () => {
  const page = await open("?tab=people&days=7");
  const { rows: days } = await saveCsv(page, "Active users");
  const stored = await fixture.query(
    `select cast(event_date as varchar) as event_date, cast(dau as varchar) as dau, cast(wau as varchar) as wau,
       cast(mau as varchar) as mau, 'true' as is_over
     from clan_case_analytics.active_users
     where country = 'ALL' and platform = 'ALL' and event_date > date '${addDays(lastDay, -7)}'
     order by event_date`,
  );
  expect(days).toEqual(stored);
  const { rows: people } = await saveCsv(page, "People on 13 Mar 2026");
  expect(people[0]).toEqual({
    ...{ event_date: lastDay, figure: "dau", last_day: days.at(-1)?.dau, is_over: "true" },
  });
  await page.goto(`${address}?tab=retention&days=all`);
  await untilDrawn(page);
  const { rows: cohorts } = await saveCsv(page, "Retention by week of the install");
  const [dayOne] = cohorts.filter(({ week, day_n }) => week === "all" && day_n === "1");
  // Of the last day's installs, nobody can have come back yet.
  expect(dayOne).toMatchObject({
    install_days: "39",
    installed_users: "390",
    active_users: "195",
    retention: "0.5",
  });
});

it("CSVs of the charts of retention have the columns of the cohorts, with ISO weeks", async () => {
  const page = await open("?tab=retention&days=all");
  const { rows: curve } = await saveCsv(page, "Retention curve");
  expect(curve[0]).toEqual({ day_n: "1", retention: "0.5" });
  const { rows: trend } = await saveCsv(page, "D1, D7 and D30 by week of the install");
  expect(trend[0]).toMatchObject({ week: firstDay, retention_d1: "0.5" });
  const { rows: ltv } = await saveCsv(page, "LTV by week of the install");
  expect(Object.keys(ltv[0] ?? {})).toEqual(expect.arrayContaining(["day_n", firstDay]));
});

describe("People", () => {
  it("shows distinct users of the last day, week and month, as queries of the raw rows count them", async () => {
    const page = await open("?tab=people&days=7");
    const distinct = async (days: number) => {
      const [row] = await fixture.query(
        `select count(distinct user_id) as users from clan_case_raw.user_daily_metrics_raw
        where event_date > date '${addDays(lastDay, -days)}'`,
      );
      return Number(row?.users);
    };
    for (const [key, days] of [
      ["dau", 1],
      ["wau", 7],
      ["mau", 30],
    ] as const) {
      const figure = await page.locator(`#people-${key} .figure`).textContent();
      expect([key, toNumber(figure)]).toEqual([key, await distinct(days)]);
    }
    const lines = await tableBehind(page, "Active users");
    expect(
      lines
        .at(-1)
        ?.slice(1)
        .map((text) => toNumber(text)),
    ).toEqual([await distinct(1), await distinct(7), await distinct(30)]);
  });

  it("counts those of one country, and says why it has no sum of two", async () => {
    const page = await open("?tab=people&days=7&country=TR");
    expect(toNumber(await page.locator("#people-new_users .figure").textContent())).toBe(6);
    await page.goto(page.url().replace("country=TR", "country=TR,DE"));
    await untilDrawn(page);
    await page.getByText("People of several countries can't be added up").waitFor();
  });

  it("says from which day on a month is whole", async () => {
    const page = await open("?tab=people&days=30");
    await page.getByText("which the data has from 3 Mar 2026 on").waitFor();
  });

  it("has cards on the overview, beside the visits", async () => {
    const page = await open("?days=7");
    const week = toNumber(await page.locator("#people-wau .figure").textContent());
    const visits = toNumber(await page.locator("#card-dau .figure").textContent());
    expect(week).toBeLessThan(visits ?? 0);
    await filters(page).getByLabel("Compared with").selectOption("none");
    await untilDrawn(page);
    await page.locator("#people-wau").getByText("nothing to compare with").waitFor();
  });
});

it("People says where a day is missing that a week or month looks at: those who were active on it seem to be away", async () => {
  const missing = addDays(lastDay, -3);
  const gap = await makeFixture(rows.filter(({ event_date }) => event_date !== missing));
  const page = await openPage(browser, `${await serveOther(localSource(gap.path))}?tab=people&days=7`);
  const hintOf = (key: string) => page.locator(`#people-${key} .hint`).allTextContents();
  expect((await hintOf("dau")).slice(1)).toEqual([]);
  expect((await hintOf("wau")).slice(1)).toEqual(["1 of 7 days missing"]);
  expect((await hintOf("resurrected_users")).slice(1)).toEqual(["1 of 30 days missing"]);
  await page.getByText("On a missing day, nobody counts").waitFor();
  await panel(page, "Active users").getByText("What is dotted is not whole").waitFor();
  const days = await tableBehind(page, "Active users");
  expect(
    days.map(([, dau = "", wau = ""]) => [/missing/.test(dau), /1 of 7 days missing/.test(wau)]),
  ).toEqual([...Array(4).fill([false, false]), ...Array(3).fill([false, true])]);
  const { rows: saved } = await saveCsv(page, "Active users");
  expect(saved.map(({ wau_missing_days }) => wau_missing_days)).toEqual(["0", "0", "0", "0", "1", "1", "1"]);
  expect(saved.at(-1)).toMatchObject({ mau_missing_days: "1" });
});

describe("Retention", () => {
  it("has a triangle, whose cells are empty while their day is still to come", async () => {
    const page = await open("?tab=retention&days=all");
    const table = panel(page, "Retention by week of the install").locator("table");
    const cells = (await table
      .locator("tbody tr")
      .evaluateAll((found: { cells: Iterable<{ textContent: string }> }[]) =>
        found.map((row) => [...row.cells].map((cell) => cell.textContent)),
      )) as string[][];
    expect(cells[0]).toEqual([
      "Week of 2 Feb 2026",
      "70",
      "100.0%",
      "50.0%",
      "0.0%",
      "20.0%",
      "0.0%",
      "0.0%",
      "",
      "",
    ]);
    expect(cells.at(-2)).toEqual(["Week of 9 Mar 2026", "50", "100.0%", "50.0%", "0.0%", "", "", "", "", ""]);
    const note = panel(page, "Retention by week of the install").locator(".note");
    expect(await note.textContent()).toMatch(
      / Not all install days of these weeks are in the period and the data: 9 Mar 2026 \(5 of 7\)\.$/,
    );
    expect(cells.at(-1)?.[0]).toBe("All installs");
    expect(cells.at(-1)?.slice(2, 6)).toEqual(["100.0%", "50.0%", "0.0%", "20.0%"]);
    const counted = await table.locator("tfoot td").allTextContents();
    expect(counted).toEqual([
      "",
      "40 of 40",
      "39 of 40",
      "37 of 40",
      "33 of 40",
      "26 of 40",
      "10 of 40",
      "",
      "",
    ]);
  });

  it("draws the curve and the lifetime value up to the last day that any install has reached", async () => {
    const page = await open("?tab=retention&days=all");
    const curve = await tableBehind(page, "Retention curve");
    expect(curve).toHaveLength(39);
    expect([curve[0], curve[6]]).toEqual([
      ["D1", "50.0%"],
      ["D7", "20.0%"],
    ]);
    const ltv = await tableBehind(page, "LTV by week of the install");
    // Day 0: one of ten pays 2.00, all see 0.10. Day 1: five come back, and the same one pays.
    expect(ltv[0]?.[1]).toBe("$0.30");
    expect(ltv[1]?.[1]).toBe("$0.55");
  });

  it("follows the filters", async () => {
    const page = await open("?tab=retention&days=all&platform=IOS&country=DE");
    const all = panel(page, "Retention by week of the install").locator("tbody tr").last();
    expect((await all.locator("td").allTextContents()).slice(0, 3)).toEqual(["80", "100.0%", "0.0%"]);
  });
});

it("the trend of retention has a gap where a week has no figures, and the axis of LTV ends with what is drawn", async () => {
  // The weeks of 16 and 23 February.
  const without = rows.filter(({ event_date }) => event_date < "2026-02-16" || event_date > "2026-03-01");
  const gap = await makeFixture(without);
  const page = await openPage(browser, `${await serveOther(localSource(gap.path))}?tab=retention&days=all`);
  const trend = await tableBehind(page, "D1, D7 and D30 by week of the install");
  expect(trend.map(([week, d1]) => [week, d1])).toEqual([
    ["2 Feb 2026", "50.0%"],
    ["9 Feb 2026", "50.0%"],
    ["16 Feb 2026", "–"],
    ["23 Feb 2026", "–"],
    ["2 Mar 2026", "50.0%"],
    ["9 Mar 2026", "50.0%"],
  ]);
  const ltv = await tableBehind(page, "LTV by week of the install");
  expect(
    ltv
      .at(-1)
      ?.slice(1)
      .filter((text) => text !== "–"),
  ).toHaveLength(1);
});

it("Retention is empty, and draws, where all users installed long before the data begins", async () => {
  const old = await makeFixture([
    rawRow({ user_id: "old", event_date: "2026-03-01", install_date: "2025-01-01" }),
    rawRow({ user_id: "old", event_date: "2026-03-02", install_date: "2025-01-01" }),
  ]);
  const page = await openPage(browser, `${await serveOther(localSource(old.path))}?tab=retention&days=all`);
  const rows = panel(page, "Retention by week of the install").locator("tbody tr");
  expect(await rows.allTextContents()).toEqual(["All installs0"]);
  expect(await page.locator("#retention-curve .chart").count()).toBe(1);
});
