import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openPage, untilDrawn } from "../testing/browser.ts";
import {
  cardKeys,
  chosenPreset,
  lastDays,
  panel,
  since,
  startDashboard,
  tableBehind,
} from "../testing/dashboard.ts";
import { expectFiguresOfQueries } from "../testing/expected-figures.ts";
import { queryFigures, queryFiguresBy, toNumber } from "../testing/figures.ts";
import { firstDay } from "../testing/fixture.ts";

const { address, browser, fixture } = await startDashboard();

describe("figures", () => {
  it("of the last 14 days are the default, each as a query returns it", async () => {
    const page = await openPage(browser, address);
    await expectFiguresOfQueries(page, fixture, lastDays(14));
    expect(await chosenPreset(page)).toBe("14 days");
    expect(await panel(page, "Key figures").textContent()).toContain(
      "DAU is added up over days, countries and platforms",
    );
  });

  it("are compared with the same weekdays before, like with like where some have no figures", async () => {
    const page = await openPage(browser, address);
    const hint = panel(page, "Key figures").locator(".hint").first();
    expect(await hint.textContent()).toBe(
      "7 Mar 2026 to 20 Mar 2026, against 21 Feb 2026 to 6 Mar 2026. The data begins on 1 Mar 2026: 8 of the 14 days before are missing. " +
        "6 of 14 days are compared: the others have no figures in one of the periods.",
    );
    const { dau } = await queryFigures(fixture, "event_date between '2026-03-01' and '2026-03-06'");
    expect(await page.locator("#card-dau .change").textContent()).toContain(` from ${dau}, on 6 of 14 days`);
    await page.goto(`${address}?from=2026-03-01&to=2026-03-07`);
    await untilDrawn(page);
    expect(await page.locator(".card[id^=card-] .change").allTextContents()).toEqual(
      Array(8).fill("nothing to compare with"),
    );
    await page.goto(`${address}?days=7`);
    await untilDrawn(page);
    const now = await queryFigures(fixture, lastDays(7));
    const before = await queryFigures(fixture, `event_date between '2026-03-07' and '2026-03-13'`);
    for (const key of cardKeys) {
      const text = (await page.locator(`#card-${key} .change`).textContent()) ?? "";
      const [, direction, size, unit, was] =
        /^[▲▼] (up|down) ([\d.]+) ?(%|points) from ([^,]+|[\d,$.]+)(, within the usual spread)?$/.exec(
          text,
        ) ?? [];
      const [is, old] = [now[key] ?? 0, before[key] ?? 0];
      expect([key, toNumber(was ?? ""), direction]).toEqual([key, old, is > old ? "up" : "down"]);
      const change = unit === "points" ? is - old : 100 * (is / old - 1);
      expect(Math.abs(Number(size) - Math.abs(change)), `${key}: ${text} and ${change}`).toBeLessThan(0.15);
    }
    // More than the days differ among themselves is good or bad news, less is neither.
    for (const key of cardKeys) {
      const isUp = (now[key] ?? 0) > (before[key] ?? 0);
      const kind = isUp === (key !== "errors_per_dau") ? "good" : "bad";
      const text = (await page.locator(`#card-${key} .change`).textContent()) ?? "";
      const tone = text.includes("usual spread") ? "noise" : kind;
      expect([key, await page.locator(`#card-${key} .change .${tone}`).count()]).toEqual([key, 1]);
    }
    const days = await tableBehind(page, "DAU over time");
    const dauBefore = await fixture.query(
      "select sum(dau)::double as dau from clan_case_analytics.daily_metrics where event_date between '2026-03-07' and '2026-03-13' group by event_date order by event_date",
    );
    expect(days.map((cells) => toNumber(cells[3] ?? ""))).toEqual(dauBefore.map(({ dau }) => dau));
  });

  it("have a sparkline with a point for every day", async () => {
    const page = await openPage(browser, address);
    for (const key of cardKeys) {
      const path = await page.locator(`#card-${key} .sparkline path`).getAttribute("d");
      expect([key, path?.match(/[ML]/g)?.length]).toEqual([key, 14]);
    }
    // No player in Japan ends a match, so there is no win ratio to draw.
    await page.goto(`${address}?country=JP`);
    await untilDrawn(page);
    expect(await page.locator("#card-win_ratio .sparkline path").getAttribute("d")).toBe("");
    expect(await page.locator("#card-win_ratio .figure").textContent()).toBe("–");
  });

  it("are 0 on days without an active player of the selection, next to the matching day of the previous period", async () => {
    // Sweden has no players before the 6th.
    const page = await openPage(
      browser,
      `${address}?from=2026-03-05&to=2026-03-07&country=SE&compare=previous`,
    );
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
    expect(await page.locator("#card-dau .change").textContent()).toBe(
      `▲ up ${Number(sixth) + Number(seventh)} from 0, within the usual spread`,
    );
    expect((await page.locator("#card-dau .sparkline path").getAttribute("d"))?.match(/[ML]/g)).toHaveLength(
      3,
    );
    expect(
      (await page.locator("#card-arpdau .sparkline path").getAttribute("d"))?.match(/[ML]/g),
    ).toHaveLength(2);
  });

  it("are drawn as charts with a description", async () => {
    const page = await openPage(browser, address);
    const total = await queryFigures(fixture, lastDays(14));
    for (const [title, description] of [
      ["DAU over time", /^Line chart of DAU over 14 days: [\d,]+ on 7 Mar 2026/],
      ["Revenue over time", /^Stacked bar chart of revenue over 14 days: \$[\d,.]+ of in-app/],
      ["DAU by platform", /^Bar chart of DAU by platform: Android [\d,]+, [\d.]+%; iOS/],
      ["Server errors against matches, by country", /^Scatter chart .* of 12 countries/],
    ] as const) {
      const chart = panel(page, title).getByRole("img");
      expect(await chart.getAttribute("aria-label")).toMatch(description);
      expect(await chart.locator("canvas").count()).toBe(1);
    }
    expect(total.dau).toBeGreaterThan(100);
  });
});

describe("tooltips", () => {
  /** Hovers a chart at fractions of its width and height, and returns the lines of its tooltip. */
  async function tooltipAt(page: Page, title: string, x: number, y: number): Promise<string[]> {
    const chart = panel(page, title).getByRole("img");
    const { width = 0, height = 0 } = (await chart.boundingBox()) ?? {};
    await chart.hover({ position: { x: x * width, y: y * height } });
    return chart.locator("strong:visible, strong:visible ~ div").allTextContents();
  }

  const lastFigure = (line: string) => toNumber(line.split(" ").at(-1) ?? "");

  it("show the figures of the day and of the matching day of the previous period", async () => {
    const page = await openPage(browser, `${address}?days=7`);
    const byDay = await queryFiguresBy(fixture, "event_date", since(firstDay));
    const dauOn = (day: string) => byDay.get(day)?.dau;
    await expect
      .poll(() => tooltipAt(page, "DAU over time", 0.53, 0.5))
      .toEqual([`Tue 17 Mar: ${dauOn("2026-03-17")}`, `Tue 10 Mar: ${dauOn("2026-03-10")}`]);
    const { iap, ad, revenue } = byDay.get("2026-03-17") ?? {};
    await expect
      .poll(async () => (await tooltipAt(page, "Revenue over time", 0.53, 0.5)).map(lastFigure))
      .toEqual([revenue, iap, ad]);
  });

  it("show a platform's share and a country's figures; a click on the country filters by it", async () => {
    const page = await openPage(browser, `${address}?country=TR`);
    const { dau, errors_per_dau } = await queryFigures(fixture, lastDays(14), "country = 'TR'");
    const android = await queryFigures(fixture, lastDays(14), "country = 'TR' and platform = 'ANDROID'");
    await expect
      .poll(() => tooltipAt(page, "DAU by platform", 0.3, 0.28))
      .toEqual([
        "Android",
        expect.stringMatching(new RegExp(`^DAU ${android.dau}, \\d+\\.\\d%$`)),
        expect.stringMatching(/^ARPDAU \$/),
      ]);

    // The only dot is large, but its position depends on the axes: scan the chart for it.
    const title = "Server errors against matches, by country";
    const places = Array.from({ length: 240 }, (_, at) => [
      0.1 + 0.04 * (at % 22),
      0.05 + 0.075 * Math.floor(at / 22),
    ]);
    let found: number[] | undefined;
    for (const [x = 0, y = 0] of places) {
      const lines = await tooltipAt(page, title, x, y);
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
