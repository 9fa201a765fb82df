import { expect, it } from "vitest";
import { addDays, daysFrom } from "../days.ts";
import { localSource } from "../server/local-source.ts";
import { openBrowser, openPage, untilDrawn } from "../testing/browser.ts";
import { panel, serveOther } from "../testing/dashboard.ts";
import { readRows } from "../testing/figures.ts";
import { lastDay, makeFixture } from "../testing/fixture.ts";

const browser = await openBrowser();

const firstDay = addDays(lastDay, -34);
const countries = ["TR", "US", "DE", "BR"];

/** Five weeks of 4 countries on 2 platforms, with 2,000 DAU each, and three incidents in the last week. */
const incidentsSql = `
  insert into clan_case_analytics.daily_metrics
    (event_date, country, platform, dau, total_iap_revenue, total_ad_revenue, arpdau, matches_started, match_per_dau,
     win_ratio, defeat_ratio, server_error_per_dau, matches_ended, victories, defeats, server_connection_errors)
  select event_date, country, platform, 2000, if(event_date = date '${addDays(lastDay, -1)}' and platform = 'IOS', 0, 900),
    100, 0.5, 8000, 4.0, 0.5, 0.5, 0.05, 7800, 3900, 3900,
    if(event_date = date '${addDays(lastDay, -2)}' and country = 'TR', 10000, 100)
  from (select unnest([${daysFrom(firstDay, lastDay).map((day) => `date '${day}'`)}]) as event_date)
  cross join (select unnest([${countries.map((country) => `'${country}'`)}]) as country)
  cross join (select unnest(['ANDROID', 'IOS']) as platform)
  where not (event_date = date '${addDays(lastDay, -3)}' and country in ('US', 'BR'))`;

async function openWithIncidents() {
  const { path, query } = await makeFixture([]);
  await query(incidentsSql);
  return openPage(browser, await serveOther(localSource(path)));
}

it("names three incidents before everything else: server errors in a country, no purchases on iOS, a missing import", async () => {
  const page = await openWithIncidents();
  const lines = page.locator("#unusual-headlines li");
  await expect.poll(() => lines.count()).toBe(3);
  expect((await lines.allTextContents()).sort()).toEqual([
    "Thu 19 Mar: IAP revenue on iOS $0.00, usually $3,600.00",
    "Tue 17 Mar: DAU in all 8,000, usually 16,000",
    "Wed 18 Mar: Server errors per DAU in Türkiye 5.0000, usually 0.0500",
  ]);
  const first = await page.locator("#panels > *").first().getAttribute("id");
  expect(first).toBe("unusual-headlines");
});

it("an incident leads to its chart, and is the first line of what changed", async () => {
  const page = await openWithIncidents();
  await page.getByRole("button", { name: "Server errors per DAU in Türkiye" }).click();
  await untilDrawn(page);
  expect(new URL(page.url()).search).toBe(
    "?tab=explore&from=2026-03-05&to=2026-03-18&country=TR&metric=errors_per_dau",
  );
  await page.goto(page.url().replace(/\?.*/, "?tab=changes&days=7&metric=errors_per_dau"));
  await untilDrawn(page);
  const [country] = await readRows(panel(page, "By country").locator("table"));
  expect(country?.[0]).toBe("Türkiye");
});

it("the list of data health has all of them, with what would have been usual", async () => {
  const page = await openWithIncidents();
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Data health" }).click();
  await untilDrawn(page);
  const table = panel(page, "Unusual days").locator("table");
  await table.waitFor();
  const rows = (await readRows(table)).map((cells) => cells.slice(0, 5).join(" "));
  expect(rows).toContain("19 Mar 2026 IAP revenue on iOS $0.00 $3,600.00");
  expect(rows.length).toBeGreaterThan(3);
});
