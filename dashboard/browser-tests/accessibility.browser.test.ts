import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openPage, untilDrawn } from "../testing/browser.ts";
import { clanPeriods, clanStates } from "../testing/clan-fixture.ts";
import { filters, panel, startDashboard } from "../testing/dashboard.ts";
import { fixtureRows, makeFixture } from "../testing/fixture.ts";

// Some of the players are in the clans.
const players = [...new Set(fixtureRows.map(({ user_id }) => user_id))].filter((id) =>
  String(id).endsWith("-0"),
);
const periods = clanPeriods.map((period, at) => ({ ...period, user_id: players[at] ?? null }));
const { address, browser } = await startDashboard(makeFixture(fixtureRows, { periods, states: clanStates }));

describe("accessibility:", () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

  /** The violations of WCAG 2.2 AA and best practices that axe-core finds. */
  async function findViolations(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
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
    await page.locator("#data-freshness .checks").getByText("checks ok").waitFor();
    for (const summary of await page.locator("summary").all()) await summary.click();
    expect(await findViolations(page)).toEqual([]);
    await filters(page).getByRole("button", { name: "Germany, Türkiye" }).click();
    expect(await findViolations(page)).toEqual([]);
  });

  it.each([
    ["explore", { colorScheme: "light" }],
    ["changes", { colorScheme: "dark" }],
    ["health", { viewport: { width: 360, height: 740 } }],
    ["explore", { forcedColors: "active" }],
    ["people", { colorScheme: "dark" }],
    ["retention", { viewport: { width: 360, height: 740 } }],
    ["clans", { viewport: { width: 360, height: 740 } }],
  ] as const)("axe-core finds nothing on the tab %s with %j", async (tab, options) => {
    const page = await openPage(browser, `${address}?tab=${tab}&days=7&split=country&clan_name=owl`, options);
    for (const summary of await page.locator("summary").all()) await summary.click();
    expect(await findViolations(page)).toEqual([]);
  });

  it.each([
    "",
    "?tab=people",
    "?tab=retention",
    "?tab=clans&clan_name=owl",
    "?tab=clans&clan=owls",
    "?tab=explore",
    "?tab=changes&days=7",
    "?tab=health",
  ])("nothing is cut off at any width, opened on a phone, then resized: %s", async (tab) => {
    const height = 800;
    // 320 pixels are what a window of 1280 has at 400 % zoom (WCAG 1.4.10).
    const page = await openPage(browser, `${address}${tab}`, { viewport: { width: 320, height } });
    for (const width of [320, 2560, 1920, 768, 360]) {
      await page.setViewportSize({ width, height });
      // Charts follow a moment later.
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    }
  });

  it.each(["ltr", "rtl"])(
    "the countries' names stay in sight while their figures scroll, in a page from %s",
    async (dir) => {
      const page = await openPage(browser, address, { viewport: { width: 360, height: 740 } });
      await page.locator("html").evaluate((element, value) => element.setAttribute("dir", value), dir);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
      const area = panel(page, "Top countries").locator(".scroll");
      const name = area.locator("tbody th").first();
      const distance = async () => {
        const [box, inner] = [await area.boundingBox(), await name.boundingBox()];
        if (!box || !inner) return Number.NaN;
        return dir === "ltr" ? inner.x - box.x : box.x + box.width - inner.x - inner.width;
      };
      expect(await distance()).toBe(0);
      const scrolled = await area.evaluate((element, dir) => {
        element.scrollLeft = dir === "ltr" ? 300 : -300;
        return Math.abs(element.scrollLeft);
      }, dir);
      expect([scrolled, await distance()]).toEqual([300, 0]);
    },
  );

  it.each([1280, 1440, 2560])("at %i pixels, every column of the countries is in sight", async (width) => {
    const page = await openPage(browser, `${address}?days=all`, { viewport: { width, height: 800 } });
    const area = panel(page, "Top countries").locator(".scroll");
    expect(await area.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  });

  it("the filters leave room for the figures with more than a hundred countries, all of which can be removed", async () => {
    const codes = [..."ABCDEFGHIJKL"].flatMap((first) => [..."ABCDEFGHIJKL"].map((second) => first + second));
    const viewport = { width: 700, height: 800 };
    const page = await openPage(browser, `${address}?tab=health&country=${codes}`, { viewport });
    expect((await filters(page).boundingBox())?.height).toBeLessThan(viewport.height / 2);
    await page.getByRole("button", { name: "Remove LL" }).click();
    await untilDrawn(page);
    expect(await findViolations(page)).toEqual([]);
  });

  it("with forced colours, the current tab is the one that is underlined", async () => {
    const page = await openPage(browser, address, { forcedColors: "active" });
    const line = (tab: string) =>
      page.evaluate(
        `getComputedStyle([...document.querySelectorAll(".tabs a")].find(({ text }) => text === "${tab}")).borderBottomColor`,
      );
    const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect([await line("People"), await line("Explore")]).toEqual([paper, paper]);
    expect(await line("Overview")).not.toBe(paper);
  });

  it("on paper, nothing is wider than the page", async () => {
    const page = await openPage(browser, `${address}?days=all`, { viewport: { width: 1000, height: 800 } });
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1000);
  });

  it("new figures are announced politely, and the focus stays where it is", async () => {
    const page = await openPage(browser, address);
    const ios = filters(page).getByRole("button", { name: "iOS" });
    await ios.focus();
    await page.keyboard.press("Space");
    await untilDrawn(page);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("iOS");
    await page
      .getByRole("status")
      .getByText("Figures of 7 Mar 2026 to 20 Mar 2026")
      .waitFor({ state: "attached" });
  });

  it.each([
    ["Reset", "?days=7", "Reset"],
    ["Remove Germany", "?country=DE,TR,US", "Remove Türkiye"],
    ["Remove Türkiye", "?country=DE,TR", "Remove Germany"],
    ["Remove Germany", "?country=DE", "All countries"],
    ["Next", "", "Next"],
    ["Previous", "?page=2", "Previous"],
    ["31 of 31 checks ok", "", "31 of 31 checks ok"],
    ["Reset the filters", "?country=ZZ", "figures"],
  ])("the focus is not lost when %s has nothing more to do: %s", async (name, search, next) => {
    const page = await openPage(browser, `${address}${search}`);
    await page.getByRole("button", { name, exact: true }).focus();
    await page.keyboard.press("Enter");
    await untilDrawn(page);
    const focused = await page.evaluate(
      "(({ id, ariaLabel, textContent }) => id || ariaLabel || textContent)(document.activeElement)",
    );
    expect(focused).toBe(next);
  });

  it("on paper, the page names its filters and shows every country", async () => {
    const page = await openPage(browser, `${address}?days=7&platform=IOS`);
    await page.emulateMedia({ media: "print" });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.getByText("14 Mar 2026 to 20 Mar 2026 · iOS · all countries").waitFor();
    await expect.poll(() => panel(page, "Top countries").locator("tbody tr").count()).toBe(12);
    expect(await filters(page).isVisible()).toBe(false);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await expect.poll(() => panel(page, "Top countries").locator("tbody tr").count()).toBe(10);
  });

  it("on paper, charts fit the page, in the colours of a light page", async () => {
    const drawnOnPaper = async (colorScheme: "light" | "dark", width: number) => {
      const page = await openPage(browser, `${address}?days=7`, {
        colorScheme,
        viewport: { width, height: 900 },
      });
      // After those of the page, which were there before.
      await page.evaluate(`matchMedia("print").addEventListener("change", ({ matches }) => {
        if (!matches) return;
        const chart = document.querySelector("#dau-over-time .chart");
        const canvas = chart.querySelector("canvas");
        globalThis.onPaper = { excess: canvas.clientWidth - chart.clientWidth, image: canvas.toDataURL() };
      })`);
      await page.pdf();
      return page.evaluate("onPaper");
    };
    const light = await drawnOnPaper("light", 1920);
    expect(light).toMatchObject({ excess: 0 });
    expect(await drawnOnPaper("dark", 1000)).toEqual(light);
  });

  it.each([
    [360, 740],
    [1000, 420],
  ])("the whole list of countries is inside a window of %i by %i pixels", async (width, height) => {
    const page = await openPage(browser, address, { viewport: { width, height } });
    await page.getByRole("button", { name: "All countries" }).first().click();
    const list = page.locator("#country-list");
    await expect.poll(async () => (await list.boundingBox())?.x).toBeGreaterThan(0);
    const { x = 0, y = 0, width: wide = 0, height: high = 0 } = (await list.boundingBox()) ?? {};
    expect(y).toBeGreaterThan(0);
    expect([x + wide <= width, y + high <= height, high > 200]).toEqual([true, true, true]);
  });

  it("everything works with the keyboard alone", async () => {
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
      throw new Error(`Tab never reaches ${name}`);
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

  it("charts follow the colour scheme of the page", async () => {
    const page = await openPage(browser, address, { colorScheme: "light" });
    const pixels = () =>
      page.evaluate("document.querySelector('#dau-over-time canvas').toDataURL()") as Promise<string>;
    const light = await pixels();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(pixels).not.toBe(light);
  });
});
