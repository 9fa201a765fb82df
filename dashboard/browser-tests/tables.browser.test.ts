import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openPage, untilDrawn } from "../testing/browser.ts";
import { lastDays, panel, saveCsv, since, startDashboard } from "../testing/dashboard.ts";
import { queryFigures, queryFiguresBy, readCountries, tableColumns, toNumber } from "../testing/figures.ts";
import { firstDay } from "../testing/fixture.ts";

const { address, browser, fixture } = await startDashboard();

/** `−4.0%` as -4 */
const toPercent = (text = "") => toNumber(text.replace("−", "-").replace(/[+±]/, "")) ?? Number.NaN;

/** The shares and changes of the country table, from all of its pages. */
async function readCountryCells(page: Page) {
  const cells: { country: string; share: number; change: number }[] = [];
  const turn = (name: string) => page.locator("#countries").getByRole("button", { name });
  while (await turn("Previous").isEnabled()) await turn("Previous").click();
  for (;;) {
    for (const row of await page.locator("#countries tbody tr").all()) {
      const [share, change] = await row.locator("td").allTextContents();
      const country = (await row.getAttribute("data-country")) ?? "";
      cells.push({ country, share: toPercent(share), change: toPercent(change) });
    }
    if (!(await turn("Next").isEnabled())) return cells;
    await turn("Next").click();
  }
}

describe("the country table", () => {
  it("is sorted by each column in both directions, as the query sorts", async () => {
    const page = await openPage(browser, `${address}?days=all`);
    const codes = async () => [...(await readCountries(page)).keys()];
    const heads = panel(page, "Top countries").locator("thead th");
    const byCountry = [...(await queryFiguresBy(fixture, "country", since(firstDay)))];
    for (const [at, key] of tableColumns.entries()) {
      if (key !== "dau")
        await heads
          .nth(at + 3)
          .getByRole("button")
          .click();
      const figures = async () =>
        (await codes()).map((code) => byCountry.find(([name]) => name === code)?.[1][key] ?? null);
      const known = byCountry.map(([, row]) => row[key] ?? null).filter((value) => value !== null);
      const rest = Array(byCountry.length - known.length).fill(null);
      expect(await heads.nth(at + 3).getAttribute("aria-sort")).toBe("descending");
      expect([key, await figures()]).toEqual([key, [...known.toSorted((a, b) => b - a), ...rest]]);
      await heads
        .nth(at + 3)
        .getByRole("button")
        .click();
      expect(await heads.nth(at + 3).getAttribute("aria-sort")).toBe("ascending");
      expect([key, await figures()]).toEqual([key, [...known.toSorted((a, b) => a - b), ...rest]]);
    }
    await heads.first().getByRole("button").click();
    expect((await codes()).slice(0, 3)).toEqual(["BR", "CI", "FR"]);
    expect(new URL(page.url()).search).toBe("?days=all&sort=country&order=asc&page=2");
  });

  it("is searched by name, ignoring accents, and paged; both are in the URL", async () => {
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

  it("compares countries on the days that have figures on both sides, and has the change of the total", async () => {
    const page = await openPage(browser, `${address}?sort=change&page=2`);
    // The data begins on 1 March: of the 14 days before, the last 6 have figures.
    const changeOf = (now: number, before: number) => 100 * (now / before - 1);
    const inDays = (from: string, to: string) => `event_date between '2026-03-${from}' and '2026-03-${to}'`;
    const now = await queryFiguresBy(fixture, "country", inDays("15", "20"));
    const before = await queryFiguresBy(fixture, "country", inDays("01", "06"));
    const total = async (where: string) => (await queryFigures(fixture, where)).dau ?? 0;
    const all = await total(lastDays(14));
    const ofPeriod = await queryFiguresBy(fixture, "country", lastDays(14));
    const rows = await readCountryCells(page);
    const changes = rows.map(({ change }) => change);
    expect(changes).toEqual(changes.toSorted((a, b) => b - a));
    expect(rows.map(({ country }) => country).sort()).toEqual([...now.keys()].sort());
    for (const { country, share, change } of rows) {
      const [is, was] = [now.get(country)?.dau ?? 0, before.get(country)?.dau ?? 0];
      expect(change, country).toBeCloseTo(changeOf(is, was), 1);
      expect(share, country).toBeCloseTo((100 * (ofPeriod.get(country)?.dau ?? 0)) / all, 1);
    }
    const totals = await panel(page, "Top countries").locator("tfoot td").allTextContents();
    expect(totals.slice(0, 3).map(toPercent)).toEqual([
      100,
      expect.closeTo(changeOf(await total(inDays("15", "20")), await total(inDays("01", "06"))), 1),
      all,
    ]);
    await panel(page, "Top countries").getByRole("button", { name: "Share" }).click();
    const shares = (await readCountryCells(page)).map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  });

  it("has bars in proportion to the largest figure", async () => {
    const page = await openPage(browser, address);
    const byCountry = await queryFiguresBy(fixture, "country", lastDays(14));
    const most = Math.max(...[...byCountry.values()].map(({ iap }) => iap ?? 0));
    for (const row of await panel(page, "Top countries").locator("tbody tr").all()) {
      const style = await row.locator("td").nth(4).getAttribute("style");
      const share = Number(/--share: ([\d.]+)%/.exec(style ?? "")?.[1]);
      const { iap } = byCountry.get((await row.getAttribute("data-country")) ?? "") ?? {};
      expect(share).toBeCloseTo((100 * (iap ?? 0)) / most, 1);
    }
  });
});

it("the page's link is copied, and a chart fills the screen and leaves it again", async () => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await openPage(browser, `${address}?days=7&country=TR`, { permissions });
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("status").getByText("Link copied").waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(page.url());
  const filled = () => page.evaluate("document.fullscreenElement?.id");
  const button = page.getByRole("button", { name: "Show DAU over time in full screen" });
  await button.click();
  await expect.poll(filled).toBe("dau-over-time");
  await button.click();
  await expect.poll(filled).toBeUndefined();
});

it("a chart is saved as PNG, with its title and the selection in the file's name", async () => {
  const page = await openPage(browser, `${address}?days=7&platform=IOS`);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download DAU over time as PNG" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe("dau-over-time_2026-03-14_2026-03-20_IOS.png");
  const bytes = readFileSync(await file.path());
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(800);
});

describe("CSV", () => {
  it("begins with a byte order mark, by which Excel recognises UTF-8", async () => {
    const page = await openPage(browser, address);
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download Top countries as CSV" }).click();
    const bytes = readFileSync(await (await saved).path());
    expect(bytes.subarray(0, 10).toString("latin1")).toBe("\u00ef\u00bb\u00bfcountry");
  });

  it("of each panel has every digit of the selection", async () => {
    const page = await openPage(browser, `${address}?days=7&platform=IOS`);
    const where = `${lastDays(7)} and platform = 'IOS'`;
    const save = async (title: string) => {
      const { name, rows } = await saveCsv(page, title);
      expect(name).toMatch(/^[a-z-]+_2026-03-14_2026-03-20_IOS\.csv$/);
      return rows;
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
        is_over: "true",
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

  it("of countries has a DAU of 0 where one has no rows on the compared days, and none where nothing is compared", async () => {
    // Sweden has no players in the first five days.
    const page = await openPage(browser, `${address}?from=2026-03-06&to=2026-03-10&compare=previous`);
    const sweden = async () =>
      (await saveCsv(page, "Top countries")).rows.find(({ country }) => country === "SE");
    expect(Number((await sweden())?.dau_compared)).toBeGreaterThan(0);
    expect(await sweden()).toMatchObject({ dau_before: "0" });
    await page.goto(`${address}?from=2026-03-06&to=2026-03-10&compare=none`);
    await untilDrawn(page);
    expect(await sweden()).toMatchObject({ dau_compared: "", dau_before: "" });
  });
});
