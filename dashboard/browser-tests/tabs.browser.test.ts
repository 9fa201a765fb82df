import { describe, expect, it } from "vitest";
import { openPage, untilDrawn } from "../testing/browser.ts";
import { filters, lastDays, panel, startDashboard, tableBehind } from "../testing/dashboard.ts";
import { queryFigures, queryFiguresBy, readRows, toNumber } from "../testing/figures.ts";
import { panelWidths } from "../testing/panel-widths.ts";

const { address, browser, fixture } = await startDashboard();

describe("the tabs", () => {
  it("have addresses of their own, which keep the filters, and go back", async () => {
    const page = await openPage(browser, `${address}?days=7&platform=IOS`);
    const tabs = page.getByRole("navigation", { name: "Views" });
    for (const [name, tab] of [
      ["People", "people"],
      ["Retention", "retention"],
      ["Explore", "explore"],
      ["What changed", "changes"],
      ["Data health", "health"],
    ] as const) {
      await tabs.getByRole("link", { name }).click();
      await untilDrawn(page);
      expect(new URL(page.url()).search).toBe(`?tab=${tab}&days=7&platform=IOS`);
      expect(await tabs.locator("[aria-current=page]").textContent()).toBe(name);
      expect(await page.title()).toBe(`${name} – Clan platform metrics`);
      await page.reload();
      await untilDrawn(page);
      expect(await tabs.locator("[aria-current=page]").textContent()).toBe(name);
    }
    await page.goBack();
    await untilDrawn(page);
    expect(await tabs.locator("[aria-current=page]").textContent()).toBe("What changed");
    expect(await page.title()).toBe("What changed – Clan platform metrics");
  });
});

it.each(["", "people", "retention", "explore", "changes", "health"])(
  "of tab %j, no panel is so narrow that columns of its tables are out of sight",
  async (tab) => {
    const page = await openPage(browser, `${address}?tab=${tab}`);
    const panels = await panelWidths(page);
    expect(panels.length).toBeGreaterThan(0);
    expect(panels.filter(({ width, cut }) => width < 380 || cut.length > 0)).toEqual([]);
  },
);

it("a tab that can't be drawn says so, and another one can", async () => {
  const page = await openPage(browser, address, { expected: /RangeError/ });
  await page.route("**/api/clans?*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), day: "nonsense" } });
  });
  const tabs = page.getByRole("navigation", { name: "Views" });
  await tabs.getByRole("link", { name: "Clans" }).click();
  await page.getByText("These figures can't be drawn").waitFor();
  await tabs.getByRole("link", { name: "People" }).click();
  await untilDrawn(page);
  await panel(page, "Active users").waitFor();
  expect(await page.getByText("These figures can't be drawn").count()).toBe(0);
});

describe("Explore", () => {
  it("shows every metric by day, as a query returns it", async () => {
    const page = await openPage(browser, `${address}?tab=explore&days=7&compare=none`);
    const metrics = page.getByLabel("Metric");
    const byDay = [...(await queryFiguresBy(fixture, "event_date", lastDays(7))).values()];
    const keys = await metrics
      .locator("option")
      .evaluateAll((options: { value: string }[]) => options.map(({ value }) => value));
    expect(keys).toHaveLength(22);
    for (const key of keys) {
      await metrics.selectOption(key);
      await untilDrawn(page);
      const title = (await page.locator("#explore h2").textContent()) ?? "";
      const rows = await tableBehind(page, title);
      expect([key, rows.map(([, figure]) => toNumber(figure ?? ""))]).toEqual([
        key,
        // A single day's average is its DAU.
        byDay.map((row) => row[key === "average_dau" ? "dau" : key]),
      ]);
    }
  });

  it("splits by the largest countries and the others, which add up, or by those that are chosen", async () => {
    const page = await openPage(browser, `${address}?tab=explore&days=7&split=country`);
    const head = () => panel(page, "DAU by day").locator("thead th").allTextContents();
    const rows = await tableBehind(page, "DAU by day");
    expect(await head()).toHaveLength(7);
    expect((await head()).at(-1)).toBe("Other countries");
    const byDay = [...(await queryFiguresBy(fixture, "event_date", lastDays(7))).values()];
    const sums = rows.map(([, ...cells]) => cells.reduce((sum, cell) => sum + (toNumber(cell) ?? 0), 0));
    expect(sums).toEqual(byDay.map(({ dau }) => dau));
    await page.goto(`${address}?tab=explore&days=7&split=country&country=TR,DE`);
    await untilDrawn(page);
    await tableBehind(page, "DAU by day");
    expect(await head()).toEqual(["Day", "Germany", "Türkiye"]);
  });

  it.each(["membership", "platform", "country"])(
    "split by %s, is empty where nobody was active, and goes on to what has figures",
    async (split) => {
      const page = await openPage(browser, `${address}?tab=explore&days=7&split=${split}&country=ZZ`);
      const chart = panel(page, "DAU by day");
      await chart.getByText("No player of this selection was active on these days.").waitFor();
      expect(await tableBehind(page, "DAU by day")).toHaveLength(7);
      await filters(page).getByRole("button", { name: "Remove" }).click();
      await untilDrawn(page);
      expect(await chart.getByText("No player of this selection").count()).toBe(0);
      await page.goto(`${address}?tab=explore&split=${split}&from=2020-01-01&to=2020-01-31`);
      await untilDrawn(page);
      await chart.getByText("No player of this selection").waitFor();
    },
  );

  it("counts by week, and says which week is not whole", async () => {
    const page = await openPage(browser, `${address}?tab=explore&days=14&split=platform&grain=week`);
    const rows = await tableBehind(page, "DAU by week");
    expect(rows.map(([week]) => week)).toEqual([
      "2 Mar 2026 (not whole)",
      "9 Mar 2026",
      "16 Mar 2026 (not whole)",
    ]);
    const { dau } = await queryFigures(
      fixture,
      "event_date between '2026-03-09' and '2026-03-15'",
      "platform = 'IOS'",
    );
    expect(toNumber(rows[1]?.[2] ?? "")).toBe(dau);
  });
});

it("counts by month: each is the sum of its days, and one that is cut by the period is marked", async () => {
  const page = await openPage(browser, `${address}?tab=explore&days=all&grain=month`);
  const rows = await tableBehind(page, "DAU by month");
  const months = await fixture.query(
    `select sum(dau)::double as dau from clan_case_analytics.daily_metrics group by date_trunc('month', event_date) order by date_trunc('month', event_date)`,
  );
  expect(rows.map(([, dau = ""]) => toNumber(dau))).toEqual(months.map(({ dau }) => dau));
  expect(rows.map(([month]) => month)).toEqual(["Mar 2026 (not whole)"]);
});

describe("What changed", () => {
  it("ranks countries and platforms, whose parts add up to the whole change", async () => {
    const page = await openPage(browser, `${address}?tab=changes&days=7&metric=dau`);
    const now = await queryFigures(fixture, lastDays(7));
    const before = await queryFigures(fixture, "event_date between '2026-03-07' and '2026-03-13'");
    const change = (now.dau ?? 0) - (before.dau ?? 0);
    for (const title of ["By country", "By platform"]) {
      const rows = await readRows(panel(page, title).locator("table"));
      const moved = rows.map(([, , , by = ""]) => Number(by.replace("−", "-").replace(/[+±,]/g, "")));
      expect([title, moved.reduce((sum, part) => sum + part, 0)]).toEqual([title, change]);
      const sizes = moved.slice(0, 10).map(Math.abs);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    }
    await filters(page).getByLabel("Compared with").selectOption("none");
    await untilDrawn(page);
    await page.getByText("No comparison is selected.").waitFor();
  });

  it("has the change of a share in points, and never as nothing where there is some", async () => {
    const page = await openPage(browser, `${address}?tab=changes&days=7&metric=win_ratio`);
    const rows = await readRows(panel(page, "By country").locator("table"));
    const changes = rows.flatMap(([, , , ...cells]) => cells.slice(0, 3));
    expect(changes.length).toBeGreaterThan(6);
    for (const change of changes) expect(change).toMatch(/^(±0\.00|[+−](?!0\.00 )\d+\.\d+) points$/);
  });
});
