import { expect, it } from "vitest";
import { localSource } from "../server/local-source.ts";
import { openBrowser, openPage, untilDrawn } from "../testing/browser.ts";
import { panel, serveOther, tableBehind } from "../testing/dashboard.ts";
import { lastDay, makeFixture } from "../testing/fixture.ts";

const browser = await openBrowser();

const note =
  "The store features the game in all countries of Latin America, and the servers of the region are moved to São Paulo";

it("a note, of which a chart shows the first words, is in the table and at the pointer in full", async () => {
  const { path, query } = await makeFixture();
  await query(`insert into clan_case_analytics.annotations (annotation_id, event_date, text, metric, country, created_at)
    values ('a', '${lastDay}', '${note}', null, null, current_timestamp)`);
  const page = await openPage(browser, await serveOther(localSource(path)));
  const notes = async (title: string) => (await tableBehind(page, title)).map((cells) => cells.at(-1));
  await expect.poll(() => notes("DAU over time")).toEqual([...Array(13).fill(""), note]);
  const chart = panel(page, "DAU over time").locator(".chart");
  const { width = 0 } = (await chart.boundingBox()) ?? {};
  await chart.hover({ position: { x: width - 40, y: 120 } });
  const tip = chart.locator(".tip");
  await expect.poll(() => tip.textContent()).toContain(note);
  expect((await tip.boundingBox())?.width).toBeLessThanOrEqual(320);
  await page.getByRole("link", { name: "Explore" }).click();
  await untilDrawn(page);
  expect((await notes("DAU by day")).at(-1)).toBe(note);
});
