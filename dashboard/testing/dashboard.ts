import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Locator, Page } from "playwright-core";
import { afterAll, expect, onTestFinished } from "vitest";
import { addDays } from "../days.ts";
import { localSource } from "../server/local-source.ts";
import { serveDashboard } from "../server/serve.ts";
import type { Source } from "../server/source.ts";
import { openBrowser } from "./browser.ts";
import { readRows } from "./figures.ts";
import { lastDay, makeFixture } from "./fixture.ts";

/** A browser and a dashboard on a fixture's warehouse, until the test file ends. */
export async function startDashboard(making: ReturnType<typeof makeFixture> = makeFixture()) {
  const fixture = await making;
  const server = await serveDashboard(localSource(fixture.path), 0);
  afterAll(() => server.stop());
  return { fixture, address: addressOf(server), browser: await openBrowser() };
}

/** A second dashboard on another source, until the test ends. Returns its address. */
export async function serveOther(source: Source): Promise<string> {
  const server = await serveDashboard(source, 0);
  onTestFinished(() => server.stop());
  return addressOf(server);
}

export const addressOf = ({ port }: { port: number }): string => `http://localhost:${port}/`;

/** Saves the CSV of a panel, and returns its rows by column. */
export async function saveCsv(page: Page, title: string): Promise<{ name: string; rows: CsvRow[] }> {
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download ${title} as CSV` }).click();
  const file = await saved;
  const rows: CsvRow[] = parse(readFileSync(await file.path(), "utf8"), { columns: true, bom: true });
  return { name: file.suggestedFilename(), rows };
}

type CsvRow = Record<string, string>;

/** The SQL condition for the days from one day to the fixture's last. */
export const since = (day: string): string => `event_date between '${day}' and '${lastDay}'`;
export const lastDays = (count: number): string => since(addDays(lastDay, 1 - count));

/** The keys of the figures that have a card. */
export const cardKeys = [
  "dau",
  "iap",
  "ad",
  "arpdau",
  "average_dau",
  "matches_per_dau",
  "win_ratio",
  "errors_per_dau",
];

export const panel = (page: Page, title: string): Locator =>
  page.getByRole("region", { name: title, exact: true });
export const filters = (page: Page): Locator => page.getByRole("search", { name: "Filters" });

/** The label of the preset of days that is pressed; empty if none is. */
export const chosenPreset = async (page: Page): Promise<string> =>
  (await page.getByRole("group", { name: "Days" }).locator("[aria-pressed=true]").allTextContents()).join();

/** Opens the table behind a chart and returns its rows. */
export async function tableBehind(page: Page, title: string): Promise<string[][]> {
  const container = panel(page, title);
  if ((await container.locator("details[open]").count()) === 0)
    await container.getByText("Show as a table").click();
  await expect.poll(() => container.locator("table").count()).toBe(1);
  return readRows(container.locator("table"));
}
