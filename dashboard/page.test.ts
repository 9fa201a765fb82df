import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { backfill } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { rawRow, setRows } from "@clan-platform/warehouse/testing/rows.ts";
import { parse } from "csv-parse/sync";
import type { Locator, Page } from "playwright-core";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { addDays } from "./days.ts";
import { localSource } from "./server/local-source.ts";
import { serveDashboard } from "./server/serve.ts";
import { openBrowser, openPage, untilDrawn } from "./testing/browser.ts";
import {
  pick,
  queryFigures,
  queryFiguresBy,
  readCards,
  readCountries,
  readRows,
  tableColumns,
  toNumber,
} from "./testing/figures.ts";
import { firstDay, fixtureRows, lastDay, makeFixture } from "./testing/fixture.ts";
import { holdFile } from "./testing/held-file.ts";

// Some of these are long ways through the page, which a busy machine draws slowly.
vi.setConfig({ testTimeout: 60_000 });

const fixture = await makeFixture();
const server = await serveDashboard(localSource(fixture.path), 0);
afterAll(() => server.stop());
const browser = await openBrowser();
const address = `http://localhost:${server.port}/`;

const since = (day: string) => `event_date between '${day}' and '${lastDay}'`;
const lastDays = (count: number) => since(addDays(lastDay, 1 - count));
const cardKeys = [
  "dau",
  "iap",
  "ad",
  "arpdau",
  "average_dau",
  "matches_per_dau",
  "win_ratio",
  "errors_per_dau",
];

const panel = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });
const filters = (page: Page) => page.getByRole("search", { name: "Filters" });
const chosenPreset = async (page: Page) =>
  (await page.getByRole("group", { name: "Days" }).locator("[aria-pressed=true]").allTextContents()).join();

async function tableBehind(page: Page, title: string): Promise<string[][]> {
  const place = panel(page, title);
  if ((await place.locator("details[open]").count()) === 0) await place.getByText("Show as a table").click();
  await expect.poll(() => place.locator("table").count()).toBe(1);
  return readRows(place.locator("table"));
}

/** Every card and every cell of every table is what a query says of the same rows. */
async function expectFiguresOfQueries(page: Page, days: string, others = "true"): Promise<void> {
  const total = await queryFigures(fixture, days, others);
  expect(await readCards(page)).toEqual(pick(total, cardKeys));

  const byCountry = await queryFiguresBy(fixture, "country", days, others);
  const countries = await readCountries(page);
  expect([...countries.keys()].sort()).toEqual([...byCountry.keys()].sort());
  for (const [country, figures] of countries) {
    expect([country, figures]).toEqual([country, pick(byCountry.get(country), tableColumns)]);
  }

  const byDay = [...(await queryFiguresBy(fixture, "event_date", days, others)).values()];
  const dauRows = await tableBehind(page, "DAU over time");
  expect(dauRows.map(([, dau]) => toNumber(dau ?? ""))).toEqual(byDay.map(({ dau }) => dau));
  const revenueRows = await tableBehind(page, "Revenue over time");
  expect(revenueRows.map(([, ...amounts]) => amounts.map(toNumber))).toEqual(
    byDay.map(({ iap, ad, revenue }) => [iap, ad, revenue]),
  );

  const byPlatform = await queryFiguresBy(fixture, "platform", days, others);
  const platformRows = await tableBehind(page, "DAU by platform");
  expect(platformRows.map(([name, , ...cells]) => [name?.toUpperCase(), cells.map(toNumber)])).toEqual(
    [...byPlatform].map(([name, figures]) => [name, tableColumns.map((key) => figures[key])]),
  );
  const shares = platformRows.map(([, share]) => toNumber(share ?? "") ?? 0);
  [...byPlatform.values()].forEach(({ dau }, at) => {
    expect(shares[at]).toBeCloseTo((100 * (dau ?? 0)) / (total.dau ?? 1), 1);
  });

  const errorRows = await tableBehind(page, "Server errors against matches, by country");
  expect(errorRows.map(([, ...cells]) => cells.map(toNumber).join()).sort()).toEqual(
    [...byCountry.values()]
      .map((figures) => [figures.dau, figures.matches_per_dau, figures.errors_per_dau].join())
      .sort(),
  );
}

describe("figures", () => {
  it("of the last 14 days are shown at first, each as a query has it", async () => {
    const page = await openPage(browser, address);
    await expectFiguresOfQueries(page, lastDays(14));
    expect(await chosenPreset(page)).toBe("14 days");
    expect(await panel(page, "Key figures").textContent()).toContain(
      "DAU is added up over days, countries and platforms",
    );
  });

  it("are compared with the period of the same length before, where that is wholly there", async () => {
    const page = await openPage(browser, address);
    expect(await page.locator(".change").allTextContents()).toEqual(Array(8).fill("nothing to compare with"));
    await page.getByRole("button", { name: "7 days" }).click();
    await untilDrawn(page);
    const now = await queryFigures(fixture, lastDays(7));
    const before = await queryFigures(fixture, `event_date between '2026-03-07' and '2026-03-13'`);
    for (const key of cardKeys) {
      const text = (await page.locator(`#card-${key} .change`).textContent()) ?? "";
      const [, direction, size, unit, was] =
        /^[▲▼] (up|down) ([\d.]+) (%|points) from (\S+)$/.exec(text) ?? [];
      const [is, old] = [now[key] ?? 0, before[key] ?? 0];
      expect([key, toNumber(was ?? ""), direction]).toEqual([key, old, is > old ? "up" : "down"]);
      const change = unit === "points" ? is - old : 100 * (is / old - 1);
      expect(Math.abs(Number(size) - Math.abs(change)), `${key}: ${text} and ${change}`).toBeLessThan(0.15);
    }
    // More is better for all but errors.
    for (const key of ["dau", "errors_per_dau"]) {
      const isUp = (now[key] ?? 0) > (before[key] ?? 0);
      const kind = isUp === (key === "dau") ? "good" : "bad";
      expect(await page.locator(`#card-${key} .change .${kind}`).count()).toBe(1);
    }
    const days = await tableBehind(page, "DAU over time");
    const dauBefore = await fixture.query(
      "select sum(dau)::double as dau from clan_case_analytics.daily_metrics where event_date between '2026-03-07' and '2026-03-13' group by event_date order by event_date",
    );
    expect(days.map((cells) => toNumber(cells[3] ?? ""))).toEqual(dauBefore.map(({ dau }) => dau));
  });

  it("have a small line of their course, through as many days", async () => {
    const page = await openPage(browser, address);
    for (const key of cardKeys) {
      const path = await page.locator(`#card-${key} .sparkline path`).getAttribute("d");
      expect([key, path?.match(/[ML]/g)?.length]).toEqual([key, 14]);
    }
    // Nobody in Japan ends a match, and so there is no win ratio to draw.
    await page.goto(`${address}?country=JP`);
    await untilDrawn(page);
    expect(await page.locator("#card-win_ratio .sparkline path").getAttribute("d")).toBe("");
    expect(await page.locator("#card-win_ratio .figure").textContent()).toBe("–");
  });

  it("are 0 on days on which nobody chosen was active, beside the right day of the period before", async () => {
    // Sweden's first players come on the 6th.
    const page = await openPage(browser, `${address}?from=2026-03-05&to=2026-03-07&country=SE`);
    const byDay = await queryFiguresBy(fixture, "event_date", since(firstDay), "country = 'SE'");
    const [sixth, seventh] = ["2026-03-06", "2026-03-07"].map((day) => String(byDay.get(day)?.dau));
    expect(await tableBehind(page, "DAU over time")).toEqual([
      ["5 Mar 2026", "0", "2 Mar 2026", "0"],
      ["6 Mar 2026", sixth, "3 Mar 2026", "0"],
      ["7 Mar 2026", seventh, "4 Mar 2026", "0"],
    ]);
    expect((await tableBehind(page, "Revenue over time"))[0]).toEqual([
      "5 Mar 2026",
      "$0.00",
      "$0.00",
      "$0.00",
    ]);
    expect(await page.locator("#card-dau .change").textContent()).toBe("was 0");
    expect((await page.locator("#card-dau .sparkline path").getAttribute("d"))?.match(/[ML]/g)).toHaveLength(
      3,
    );
    expect(
      (await page.locator("#card-arpdau .sparkline path").getAttribute("d"))?.match(/[ML]/g),
    ).toHaveLength(2);
  });

  it("are drawn as charts, which say what they show", async () => {
    const page = await openPage(browser, address);
    const total = await queryFigures(fixture, lastDays(14));
    for (const [title, told] of [
      ["DAU over time", /^Line chart of DAU over 14 days: [\d,]+ on 7 Mar 2026/],
      ["Revenue over time", /^Stacked bar chart of revenue over 14 days: \$[\d,.]+ of in-app/],
      ["DAU by platform", /^Bar chart of DAU by platform: Android [\d,]+, [\d.]+%; iOS/],
      ["Server errors against matches, by country", /^Scatter chart .* of 12 countries/],
    ] as const) {
      const chart = panel(page, title).getByRole("img");
      expect(await chart.getAttribute("aria-label")).toMatch(told);
      expect(await chart.locator("canvas").count()).toBe(1);
    }
    expect(total.dau).toBeGreaterThan(100);
  });
});

describe("filters", () => {
  it.each([
    ["7 days", "?days=7", lastDays(7)],
    ["30 days", "?days=30", since(firstDay)],
    ["All", "?days=all", since(firstDay)],
  ])("take the preset %s", async (name, search, days) => {
    const page = await openPage(browser, address);
    await page.getByRole("button", { name, exact: true }).first().click();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe(search);
    expect(await chosenPreset(page)).toBe(name);
    await expectFiguresOfQueries(page, days);
  });

  it("take days from one to another", async () => {
    const page = await openPage(browser, address);
    await page.getByLabel("From", { exact: true }).fill("2026-03-04");
    await page.getByLabel("To", { exact: true }).fill("2026-03-08");
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?from=2026-03-04&to=2026-03-08");
    expect(await chosenPreset(page)).toBe("");
    await expectFiguresOfQueries(page, "event_date between '2026-03-04' and '2026-03-08'");
    await page.getByLabel("From", { exact: true }).fill("2026-03-10");
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?from=2026-03-10&to=2026-03-10");
  });

  it("take a platform, several countries found by searching, and all of it together", async () => {
    const page = await openPage(browser, address);
    await filters(page).getByRole("button", { name: "iOS" }).click();
    await untilDrawn(page);
    await expectFiguresOfQueries(page, lastDays(14), "platform = 'IOS'");

    await page.getByRole("button", { name: "All countries" }).first().click();
    const search = page.getByRole("searchbox", { name: "Search the countries" });
    await search.fill("cote");
    const found = () => page.locator(".options label:visible").allTextContents();
    await expect.poll(found).toEqual(["Côte d’Ivoire"]);
    await page.getByRole("checkbox", { name: "Côte d’Ivoire" }).check();
    await search.fill("de");
    await expect.poll(found).toEqual(["Germany", "Sweden"]);
    await page.getByRole("checkbox", { name: "Sweden" }).check();
    await search.fill("nowhere");
    await page.getByText("No country has this name.").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "7 days" }).click();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?days=7&platform=IOS&country=CI,SE");
    await expectFiguresOfQueries(page, lastDays(7), "platform = 'IOS' and country in ('CI', 'SE')");

    await page.getByRole("button", { name: "Remove Sweden" }).click();
    await untilDrawn(page);
    await expectFiguresOfQueries(page, lastDays(7), "platform = 'IOS' and country = 'CI'");
  });

  it("come from the URL, and those it can't mean are left alone", async () => {
    const page = await openPage(
      browser,
      `${address}?from=2026-03-09&to=2026-03-03&platform=ANDROID&country=TR,US`,
    );
    await expectFiguresOfQueries(
      page,
      "event_date between '2026-03-03' and '2026-03-09'",
      "platform = 'ANDROID' and country in ('TR', 'US')",
    );
    await page.goto(`${address}?days=-3&from=2026-02-30&to=x&sort=nonsense&page=0&order=%00`);
    await untilDrawn(page);
    expect(await chosenPreset(page)).toBe("14 days");
    await expectFiguresOfQueries(page, lastDays(14));
  });

  it("go back and forward with the browser, survive a reload, and are reset", async () => {
    const page = await openPage(browser, address);
    await filters(page).getByRole("button", { name: "Android" }).click();
    await page.getByRole("button", { name: "7 days" }).click();
    await untilDrawn(page);
    const both = await readCards(page);
    await page.goBack();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?platform=ANDROID");
    expect(await readCards(page)).toEqual(
      pick(await queryFigures(fixture, lastDays(14), "platform = 'ANDROID'"), cardKeys),
    );
    await page.goForward();
    await untilDrawn(page);
    expect(await readCards(page)).toEqual(both);
    await page.reload();
    await untilDrawn(page);
    expect(await readCards(page)).toEqual(both);
    await page.getByRole("button", { name: "Reset" }).click();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("");
    expect(await readCards(page)).toEqual(pick(await queryFigures(fixture, lastDays(14)), cardKeys));
    expect(await page.getByRole("button", { name: "Reset" }).isDisabled()).toBe(true);
  });

  it("are set by a click on a platform's bar or a country, and taken away by another", async () => {
    const page = await openPage(browser, address);
    const bars = panel(page, "DAU by platform").locator("canvas");
    const { height = 0 } = (await bars.boundingBox()) ?? {};
    await bars.click({ position: { x: 80, y: height * 0.72 } });
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?platform=IOS");
    await bars.click({ position: { x: 80, y: height * 0.5 } });
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("");

    const countries = panel(page, "Top countries");
    await countries.getByRole("button", { name: "Germany" }).click();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?country=DE");
    expect(await countries.getByRole("button", { name: "Germany" }).getAttribute("aria-pressed")).toBe(
      "true",
    );
    await countries.getByRole("button", { name: "Germany" }).click();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("");
  });
});

describe("the pointer", () => {
  /** What the chart tells at a place of it, in parts of its width and height. */
  async function tellAt(page: Page, title: string, x: number, y: number): Promise<string[]> {
    const chart = panel(page, title).getByRole("img");
    const { width = 0, height = 0 } = (await chart.boundingBox()) ?? {};
    await chart.hover({ position: { x: x * width, y: y * height } });
    return chart.locator("strong:visible, strong:visible ~ div").allTextContents();
  }

  const lastFigure = (line: string) => toNumber(line.split(" ").at(-1) ?? "");

  it("is told the day's figures and those of the day before", async () => {
    const page = await openPage(browser, `${address}?days=7`);
    const byDay = await queryFiguresBy(fixture, "event_date", since(firstDay));
    const dauOn = (day: string) => byDay.get(day)?.dau;
    await expect
      .poll(() => tellAt(page, "DAU over time", 0.53, 0.5))
      .toEqual([`Tue 17 Mar: ${dauOn("2026-03-17")}`, `Tue 10 Mar: ${dauOn("2026-03-10")}`]);
    const { iap, ad, revenue } = byDay.get("2026-03-17") ?? {};
    await expect
      .poll(async () => (await tellAt(page, "Revenue over time", 0.53, 0.5)).map(lastFigure))
      .toEqual([revenue, iap, ad]);
  });

  it("is told a platform's share, and a country's figures, and chooses the country by a click", async () => {
    const page = await openPage(browser, `${address}?country=TR`);
    const { dau, errors_per_dau } = await queryFigures(fixture, lastDays(14), "country = 'TR'");
    const android = await queryFigures(fixture, lastDays(14), "country = 'TR' and platform = 'ANDROID'");
    await expect
      .poll(() => tellAt(page, "DAU by platform", 0.3, 0.28))
      .toEqual([
        "Android",
        expect.stringMatching(new RegExp(`^DAU ${android.dau}, \\d+\\.\\d%$`)),
        expect.stringMatching(/^ARPDAU \$/),
      ]);

    // The only dot is somewhere, and large.
    const title = "Server errors against matches, by country";
    const places = Array.from({ length: 240 }, (_, at) => [
      0.1 + 0.04 * (at % 22),
      0.05 + 0.075 * Math.floor(at / 22),
    ]);
    let found: number[] | undefined;
    for (const [x = 0, y = 0] of places) {
      const lines = await tellAt(page, title, x, y);
      if (lines[0] !== "Türkiye") continue;
      expect([lines[1], lastFigure(lines[3] ?? "")]).toEqual([`DAU ${dau}`, errors_per_dau]);
      found = [x, y];
      break;
    }
    expect(found).toBeDefined();
    await page.mouse.down();
    await page.mouse.up();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("");
  });
});

describe("the country table", () => {
  it("is sorted by each column, both ways, as the query sorts", async () => {
    const page = await openPage(browser, `${address}?days=all`);
    const codes = async () => [...(await readCountries(page)).keys()];
    const heads = panel(page, "Top countries").locator("thead th");
    const byCountry = [...(await queryFiguresBy(fixture, "country", since(firstDay)))];
    for (const [at, key] of tableColumns.entries()) {
      if (key !== "dau")
        await heads
          .nth(at + 1)
          .getByRole("button")
          .click();
      const figures = async () =>
        (await codes()).map((code) => byCountry.find(([name]) => name === code)?.[1][key] ?? null);
      const known = byCountry.map(([, row]) => row[key] ?? null).filter((value) => value !== null);
      const rest = Array(byCountry.length - known.length).fill(null);
      expect(await heads.nth(at + 1).getAttribute("aria-sort")).toBe("descending");
      expect([key, await figures()]).toEqual([key, [...known.toSorted((a, b) => b - a), ...rest]]);
      await heads
        .nth(at + 1)
        .getByRole("button")
        .click();
      expect(await heads.nth(at + 1).getAttribute("aria-sort")).toBe("ascending");
      expect([key, await figures()]).toEqual([key, [...known.toSorted((a, b) => a - b), ...rest]]);
    }
    await heads.first().getByRole("button").click();
    expect((await codes()).slice(0, 3)).toEqual(["BR", "CI", "FR"]);
    expect(new URL(page.url()).search).toBe("?days=all&sort=country&order=asc&page=2");
  });

  it("is searched by name, whatever the accents, and paged; both are in the URL", async () => {
    const page = await openPage(browser, address);
    const table = panel(page, "Top countries");
    expect(await table.getByRole("status").textContent()).toBe("1–10 of 12 countries");
    await table.getByRole("button", { name: "Next" }).click();
    expect(await table.getByRole("status").textContent()).toBe("11–12 of 12 countries");
    expect(new URL(page.url()).search).toBe("?page=2");
    await table.getByRole("searchbox").fill("turk");
    expect(await table.locator("tbody th").allTextContents()).toEqual(["Türkiye"]);
    expect(new URL(page.url()).search).toBe("?find=turk");
    await page.reload();
    await untilDrawn(page);
    expect(await table.locator("tbody th").allTextContents()).toEqual(["Türkiye"]);
    await table.getByRole("searchbox").fill("atlantis");
    expect(await table.getByRole("status").textContent()).toBe("No country has this name.");
  });

  it("has bars as long as the figure is beside the largest", async () => {
    const page = await openPage(browser, address);
    const byCountry = await queryFiguresBy(fixture, "country", lastDays(14));
    const most = Math.max(...[...byCountry.values()].map(({ iap }) => iap ?? 0));
    for (const row of await panel(page, "Top countries").locator("tbody tr").all()) {
      const style = await row.locator("td").nth(2).getAttribute("style");
      const share = Number(/--share: ([\d.]+)%/.exec(style ?? "")?.[1]);
      const { iap } = byCountry.get((await row.getAttribute("data-country")) ?? "") ?? {};
      expect(share).toBeCloseTo((100 * (iap ?? 0)) / most, 1);
    }
  });
});

describe("CSV", () => {
  it("has from each panel every digit of the selection", async () => {
    const page = await openPage(browser, `${address}?days=7&platform=IOS`);
    const where = `${lastDays(7)} and platform = 'IOS'`;
    const save = async (title: string) => {
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: `Download ${title} as CSV` }).click();
      const file = await saved;
      expect(file.suggestedFilename()).toMatch(/^[a-z-]+_2026-03-14_2026-03-20_IOS\.csv$/);
      return parse(readFileSync(await file.path(), "utf8"), { columns: true }) as Record<string, string>[];
    };
    const sums =
      "sum(total_iap_revenue) as iap, sum(total_ad_revenue) as ad, sum(total_iap_revenue + total_ad_revenue) as revenue, sum(dau)::double as dau";
    const from = `from clan_case_analytics.daily_metrics where ${where}`;

    const [total] = await fixture.query(`select ${sums} ${from}`);
    const cards = await save("Key figures");
    expect(cards).toHaveLength(8);
    expect(cards.slice(0, 3).map((row) => row.selected_period)).toEqual([
      String(total?.dau),
      total?.iap,
      total?.ad,
    ]);
    expect(Number(cards[3]?.selected_period)).toBeCloseTo(Number(total?.revenue) / Number(total?.dau), 12);

    const byDay = await fixture.query(`select event_date, ${sums} ${from} group by 1 order by 1`);
    expect((await save("DAU over time")).map(({ event_date, dau }) => [event_date, Number(dau)])).toEqual(
      byDay.map(({ event_date, dau }) => [event_date, dau]),
    );
    expect(await save("Revenue over time")).toEqual(
      byDay.map(({ event_date, iap, ad, revenue }) => ({
        event_date,
        iap_revenue: iap,
        ad_revenue: ad,
        revenue,
      })),
    );

    const byPlatform = await save("DAU by platform");
    expect(byPlatform.map(({ platform, dau, iap }) => [platform, Number(dau), iap])).toEqual([
      ["IOS", total?.dau, total?.iap],
    ]);

    const byCountry = await fixture.query(
      `select country, ${sums} ${from} group by 1 order by sum(dau) desc`,
    );
    const countries = await save("Top countries");
    expect(
      new Set(countries.map(({ country, dau, iap, ad }) => [country, Number(dau), iap, ad].join())),
    ).toEqual(new Set(byCountry.map(({ country, dau, iap, ad }) => [country, dau, iap, ad].join())));
    expect(countries).toHaveLength(12);
    expect(await save("Server errors against matches, by country")).toHaveLength(12);
  });
});

describe("the strip on trust", () => {
  it("tells through which day there is data, the last run, rows and checks", async () => {
    const page = await openPage(browser, address);
    const strip = page.getByRole("region", { name: "How far to trust these figures" });
    await expect.poll(() => strip.textContent(), { timeout: 20_000 }).toContain("13 of 13 checks ok");
    const text = (await strip.textContent()) ?? "";
    const [rows] = await fixture.query(
      "select (select count(*) from clan_case_raw.user_daily_metrics_raw) as raw, (select count(*) from clan_case_analytics.daily_metrics) as metrics",
    );
    expect(text).toContain("Data through20 Mar 2026");
    expect(text).toMatch(/daily_metrics last run\d+ \w{3} 20\d\d, \d\d:\d\d UTC/);
    expect(text).toContain(
      `${Number(rows?.raw).toLocaleString("en-US")} raw, ${rows?.metrics} daily_metrics`,
    );
    expect(await page.getByText("From the local warehouse").count()).toBe(1);
  });

  it("tells which checks failed or warned", async () => {
    const faulty = await makeFixture([
      ...fixtureRows.filter(({ event_date }) => event_date !== "2026-03-10"),
      rawRow({ user_id: "late", event_date: "2026-03-12", install_date: "2026-03-13" }),
    ]);
    const other = await serveDashboard(localSource(faulty.path), 0);
    onTestFinished(() => other.stop());
    const page = await openPage(browser, `http://localhost:${other.port}/`);
    await page.getByText("11 of 13 checks ok, 1 failed, 1 warned").click({ timeout: 20_000 });
    const lines = await page.locator(".checks li").allTextContents();
    expect(lines.slice(0, 2)).toEqual([
      "failed nobody plays before installing (user_daily_metrics_raw, 1 found)",
      "warned no day is missing between the first and the last (user_daily_metrics_raw, 1 found)",
    ]);
    expect(lines).toHaveLength(13);
  });
});

describe("when there is nothing to show, the page says what is so and what to do:", () => {
  it("nobody was active in the selection", async () => {
    const page = await openPage(browser, `${address}?platform=ANDROID&country=NZ`);
    expect(await page.locator("#notice").textContent()).toMatch(
      /No figures for this selection.*There are figures of 1 Mar 2026 to 20 Mar 2026/,
    );
    expect(await page.locator("#panels").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Reset the filters" }).click();
    await untilDrawn(page);
    expect(await page.locator("#panels").isVisible()).toBe(true);
  });

  it("the figures are on their way", async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route("**/api/days", (route) => promise.then(() => route.continue()));
    await page.goto(address);
    await page.getByText("Reading the figures …").waitFor();
    resolve();
    await untilDrawn(page);
    expect(await page.getByText("Reading the figures …").count()).toBe(0);
  });

  it("there is no data yet, and it comes alive by itself", async () => {
    const { path } = await makeFixture([]);
    const other = await serveDashboard(localSource(path), 0);
    onTestFinished(() => other.stop());
    const page = await openPage(browser, `http://localhost:${other.port}/`, { drawn: false });
    await page.getByText("No data yet").waitFor();
    await page.getByText("npm run load-raw -- FOLDER").waitFor();
    await page.getByText("npm run sync").waitFor();
    const chosen = filters(page).locator("[aria-pressed=true]");
    expect([
      ...(await chosen.allTextContents()),
      await filters(page).locator(".picker").textContent(),
    ]).toEqual(["14 days", "All", "All countries"]);
    const warehouse = await openDuckdb(path);
    await setRows(warehouse, rawTable, fixtureRows);
    await warehouse.close();
    await page.getByText("There are raw rows, and no daily_metrics of them").waitFor();
    const again = await openDuckdb(path);
    await backfill(again, { from_date: firstDay, to_date: lastDay });
    await again.close();
    await untilDrawn(page);
    expect(await readCards(page)).toEqual(pick(await queryFigures(fixture, lastDays(14)), cardKeys));
    expect(await page.getByText("No data yet").count()).toBe(0);
  });

  it("there is no data in the cloud", async () => {
    const { path } = await makeFixture([]);
    const other = await serveDashboard({ ...localSource(path), target: "bigquery" }, 0);
    const page = await openPage(browser, `http://localhost:${other.port}/`, {
      drawn: false,
      expected: /ERR_CONNECTION|ERR_EMPTY/,
    });
    await page.getByText("npm run load-raw -- --target bigquery FOLDER").waitFor();
    await page.getByText("npm run backfill -- --target bigquery --yes").waitFor();
    expect(await page.getByText("npm run sync").count()).toBe(0);
    await other.stop();
    await page.getByText("npm run dashboard -- --target bigquery").waitFor();
  });

  it("another command writes to the warehouse, and the figures come when it has finished", async () => {
    const { path } = await makeFixture();
    const other = await serveDashboard(localSource(path), 0);
    onTestFinished(() => other.stop());
    const { release } = await holdFile(path);
    const page = await openPage(browser, `http://localhost:${other.port}/`, {
      drawn: false,
      expected: /503/,
    });
    await page.getByText("Another command is writing to the warehouse").waitFor();
    await release();
    await untilDrawn(page);
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it("the server is away, what was drawn stays, and it goes on when the server is back", async () => {
    const first = await serveDashboard(localSource(fixture.path), 0);
    const { port } = first;
    const page = await openPage(browser, `http://localhost:${port}/`, {
      expected: /ERR_CONNECTION|ERR_EMPTY/,
    });
    await first.stop();
    await page.getByText("The dashboard's server is away").waitFor();
    expect(await page.locator("#notice").textContent()).toMatch(
      /npm start.*The figures below are those from before/,
    );
    expect(await page.locator(".card").count()).toBe(8);
    const second = await serveDashboard(localSource(fixture.path), port);
    onTestFinished(() => second.stop());
    await page.locator(".notice").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "All", exact: true }).first().click();
    await untilDrawn(page);
  });
});

it("shows new figures by itself soon after the data has changed", async () => {
  const changing = await makeFixture();
  const other = await serveDashboard(localSource(changing.path), 0);
  onTestFinished(() => other.stop());
  const page = await openPage(browser, `http://localhost:${other.port}/`);
  const facts = page.locator("#trust dl");
  const checks = page.locator("#trust summary");
  const says = (place: Locator, text: string | RegExp) =>
    expect.poll(() => place.textContent(), { timeout: 20_000 }).toMatch(text);
  await says(facts, "Last sync from PostgreSQLnone yet");
  await says(checks, "13 of 13 checks ok");
  const { dau } = await readCards(page);
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/api/checks", (route) => promise.then(() => route.continue()));
  await changing.query("update clan_case_analytics.daily_metrics set dau = dau + 1000");
  await changing.query(
    "insert into clan_case_raw.activity_syncs values ('y', '2026-03-21 08:20:00+00', '2026-03-21 08:20:01+00', '2026-03-21 08:19:50+00', 1, 0, 0)",
  );
  await expect
    .poll(async () => (await readCards(page)).dau, { timeout: 15_000 })
    .toBeGreaterThan((dau ?? 0) + 1000);
  await says(facts, "Last sync from PostgreSQL21 Mar 2026, 08:20 UTC");
  // What the checks said of the old figures stays until they have said it of the new ones.
  await says(checks, "13 of 13 checks ok, running again …");
  resolve();
  await says(checks, /checks ok, [1-9]\d* failed$/);
});

describe("everybody can read it:", () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

  /** What axe-core finds against WCAG 2.2 AA and good practice. */
  async function findBarriers(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run(document)")) as {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    };
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 150)}`));
  }

  it.each([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["narrow", { viewport: { width: 360, height: 740 } }],
  ] as const)("axe-core finds nothing in the %s page, its tables and lists open", async (_, options) => {
    const page = await openPage(browser, `${address}?days=7&country=DE,TR`, options);
    await page.locator("#trust details").waitFor({ timeout: 20_000 });
    for (const summary of await page.locator("summary").all()) await summary.click();
    expect(await findBarriers(page)).toEqual([]);
    await filters(page).getByRole("button", { name: "Germany, Türkiye" }).click();
    expect(await findBarriers(page)).toEqual([]);
  });

  it.each([360, 768, 1920])("nothing is cut off at %i pixels", async (width) => {
    const page = await openPage(browser, address, { viewport: { width, height: 800 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  });

  it.each([
    [360, 740],
    [1000, 420],
  ])("the list of countries is wholly in a window of %i by %i pixels", async (width, height) => {
    const page = await openPage(browser, address, { viewport: { width, height } });
    await page.getByRole("button", { name: "All countries" }).first().click();
    const list = page.locator("#country-list");
    await expect.poll(async () => (await list.boundingBox())?.x).toBeGreaterThan(0);
    const { x = 0, y = 0, width: wide = 0, height: high = 0 } = (await list.boundingBox()) ?? {};
    expect(y).toBeGreaterThan(0);
    expect([x + wide <= width, y + high <= height, high > 200]).toEqual([true, true, true]);
  });

  it("everything is done with the keyboard alone", async () => {
    const page = await openPage(browser, address);
    const focused = () =>
      page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
      ) as Promise<string>;
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        if ((await focused()) === name) return;
      }
      throw new Error(`no Tab leads to ${name}`);
    };
    const ring = () =>
      page.evaluate(
        "(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth].join())(getComputedStyle(document.activeElement))",
      );
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the figures");
    await tabTo("7 days");
    expect(await ring()).toBe("solid,2px");
    await page.keyboard.press("Enter");
    await tabTo("iOS");
    await page.keyboard.press("Space");
    await tabTo("All countries");
    await page.keyboard.press("Enter");
    await expect.poll(focused).toBe("Search the countries");
    await page.keyboard.type("germany");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?days=7&platform=IOS&country=DE");
    await tabTo("Show as a table");
    await page.keyboard.press("Enter");
    await expect.poll(() => panel(page, "DAU over time").locator("tbody tr").count()).toBe(7);
    await tabTo("Download Top countries as CSV");
    const saved = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    await saved;
    await tabTo("IAP revenue");
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).search).toContain("sort=iap");
    await tabTo("Germany");
    await page.keyboard.press("Enter");
    await untilDrawn(page);
    expect(new URL(page.url()).search).not.toContain("country");
  });

  it("charts change their colours with the page's", async () => {
    const page = await openPage(browser, address, { colorScheme: "light" });
    const pixels = () =>
      page.evaluate("document.querySelector('#dau-over-time canvas').toDataURL()") as Promise<string>;
    const light = await pixels();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(pixels).not.toBe(light);
  });
});
