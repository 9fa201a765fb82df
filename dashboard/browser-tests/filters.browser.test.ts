import { describe, expect, it } from "vitest";
import { localSource } from "../server/local-source.ts";
import { openPage, untilDrawn } from "../testing/browser.ts";
import {
  cardKeys,
  chosenPreset,
  filters,
  lastDays,
  panel,
  serveOther,
  since,
  startDashboard,
  tableBehind,
} from "../testing/dashboard.ts";
import { expectFiguresOfQueries } from "../testing/expected-figures.ts";
import { pick, queryFigures, readCards } from "../testing/figures.ts";
import { firstDay, makeFixture } from "../testing/fixture.ts";

const { address, browser, fixture } = await startDashboard();

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
    await expectFiguresOfQueries(page, fixture, days);
  });

  it("take a range that is typed, when Enter is pressed or the field is left, and never write into it before", async () => {
    const page = await openPage(browser, address);
    const [from, to] = [page.getByLabel("From", { exact: true }), page.getByLabel("To", { exact: true })];
    const search = () => new URL(page.url()).search;
    // Digit by digit: the year is 0002, 0020 and 0202 on its way to 2026.
    await from.click({ position: { x: 14, y: 12 } });
    await page.keyboard.type("03042026", { delay: 15 });
    expect([await from.inputValue(), search()]).toEqual(["2026-03-04", ""]);
    await page.keyboard.press("Enter");
    await untilDrawn(page);
    expect(search()).toBe("?from=2026-03-04&to=2026-03-20");
    await to.click({ position: { x: 14, y: 12 } });
    await page.keyboard.type("03082026", { delay: 15 });
    expect(search()).toBe("?from=2026-03-04&to=2026-03-20");
    await page.getByRole("heading", { name: "Key figures" }).click();
    await untilDrawn(page);
    expect(search()).toBe("?from=2026-03-04&to=2026-03-08");
    expect(await chosenPreset(page)).toBe("");
    await expectFiguresOfQueries(page, fixture, "event_date between '2026-03-04' and '2026-03-08'");
  });

  it("refuse a range whose ends are the wrong way round: neither moves, and a sentence says why", async () => {
    const page = await openPage(browser, `${address}?from=2026-03-04&to=2026-03-08`);
    const from = page.getByLabel("From", { exact: true });
    await from.click({ position: { x: 14, y: 12 } });
    await page.keyboard.type("03102026", { delay: 15 });
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Must not be after 8 Mar 2026").waitFor();
    expect([await from.inputValue(), new URL(page.url()).search]).toEqual([
      "2026-03-10",
      "?from=2026-03-04&to=2026-03-08",
    ]);
    await page.keyboard.press("Escape");
    expect([await from.inputValue(), await page.getByRole("alert").count()]).toEqual(["2026-03-04", 0]);
  });

  it("count a day that isn't over when that is ticked: it is dotted, and marked in words", async () => {
    const synced = await makeFixture();
    await synced.query(`insert into clan_case_raw.activity_syncs
      (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted) values
      ('x', '2026-03-20 08:20:00+00', '2026-03-20 08:20:01+00', '2026-03-20 08:19:50+00', 0, 0, 0)`);
    const page = await openPage(browser, await serveOther(localSource(synced.path)));
    const dotted = panel(page, "DAU over time").getByText("Days that are not over are dotted.");
    const unfinishedLines = page.locator("#card-dau .sparkline .unfinished");
    const lastDays = async () =>
      Promise.all(
        ["DAU over time", "Revenue over time"].map(
          async (title) => (await tableBehind(page, title)).at(-1)?.[0],
        ),
      );
    expect(await lastDays()).toEqual(["19 Mar 2026", "19 Mar 2026"]);
    expect([await dotted.count(), await unfinishedLines.count()]).toEqual([0, 0]);
    await page.getByLabel("Count days that aren't over").focus();
    await page.keyboard.press("Space");
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?incomplete=1");
    expect(await lastDays()).toEqual(["20 Mar 2026 (not over)", "20 Mar 2026 (not over)"]);
    expect([await dotted.count(), await unfinishedLines.count()]).toEqual([1, 1]);
    await page.getByRole("link", { name: "Explore" }).click();
    await untilDrawn(page);
    expect((await tableBehind(page, "DAU by day")).at(-1)?.[0]).toBe("20 Mar 2026 (not whole)");
    await page.getByRole("link", { name: "People" }).click();
    await untilDrawn(page);
    await panel(page, "People on 20 Mar 2026 (not over)").waitFor();
    expect((await tableBehind(page, "Active users")).at(-1)?.[0]).toBe("20 Mar 2026 (not over)");
  });

  it("take a platform, several countries found by searching, and all of them together", async () => {
    const page = await openPage(browser, address);
    await filters(page).getByRole("button", { name: "iOS" }).click();
    await untilDrawn(page);
    await expectFiguresOfQueries(page, fixture, lastDays(14), { platform: "IOS" });

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
    await expectFiguresOfQueries(page, fixture, lastDays(7), { platform: "IOS", countries: ["CI", "SE"] });

    await page.getByRole("button", { name: "Remove Sweden" }).click();
    await untilDrawn(page);
    await expectFiguresOfQueries(page, fixture, lastDays(7), { platform: "IOS", countries: ["CI"] });
  });

  it("come from the URL, where invalid ones are ignored", async () => {
    const page = await openPage(
      browser,
      `${address}?from=2026-03-09&to=2026-03-03&platform=ANDROID&country=TR,US`,
    );
    await expectFiguresOfQueries(page, fixture, "event_date between '2026-03-03' and '2026-03-09'", {
      platform: "ANDROID",
      countries: ["TR", "US"],
    });
    await page.goto(`${address}?days=-3&from=2026-02-30&to=x&sort=nonsense&page=0&order=%00`);
    await untilDrawn(page);
    expect(await chosenPreset(page)).toBe("14 days");
    await expectFiguresOfQueries(page, fixture, lastDays(14));
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

  it("are set by a click on a platform's bar or a country, and removed by a second click", async () => {
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
