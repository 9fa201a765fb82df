import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium, launchChromium } from "@clan-platform/dashboard/testing/chromium.ts";
import type { Browser, CDPSession, Page } from "playwright-core";
import { startDashboard } from "./dashboard-process.ts";
import { volume } from "./dashboard-volume.ts";
import { serveEmptyPage } from "./empty-page.ts";
import type { Ratio } from "./ratios.ts";
import { median } from "./statistics.ts";

const fillWarehouse = fileURLToPath(new URL("../local/fill-warehouse-process.ts", import.meta.url));
const rows = 7_300_000;
const rounds = 7;
const visits = 15;
const filterChanges = ["iOS", "Android", "7 days", "14 days", "All"];

/** The dashboard on three years of daily_metrics, and the speed of its page on about 11,400 rows, as ratios. */
export async function run(): Promise<Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "clan-bench-"));
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const ratios = await volume(folder);
    const address = await fillAndServe(folder, stops);
    const empty = await serveEmptyPage(folder);
    stops.push(empty.stop);
    const browser = await launchChromium(await findChromium(folder));
    stops.push(() => browser.close());
    console.log("  Loading the page, and an empty one with the same library, and changing filters …");
    return [
      ...ratios,
      await dataOfALoad(browser, address),
      await filterChange(browser, address),
      await firstLoad(browser, address, empty.address),
    ];
  } finally {
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Serves a dashboard on a warehouse that is filled as `npm start` fills it. */
async function fillAndServe(folder: string, stops: (() => Promise<unknown>)[]): Promise<string> {
  console.log(`  Filling a warehouse with ${rows.toLocaleString("en")} rows …`);
  const fill = spawn(process.execPath, [fillWarehouse, "--rows", String(rows)], {
    env: { ...process.env, DATA_DIR: folder },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(fill, "exit");
  if (code !== 0) throw new Error(`fill-warehouse ended with ${code}`);
  const server = await startDashboard(folder);
  stops.push(server.stop);
  return server.address;
}

/** Bytes on the wire of all API responses when the page loads all days; its static files don't count. */
async function dataOfALoad(browser: Browser, address: string): Promise<Ratio> {
  const { page, session } = await openWindow(browser);
  let bytes = 0;
  const apiRequests = new Set<string>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.url.includes("/api/")) apiRequests.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (apiRequests.has(requestId)) bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await page.goto(`${address}?days=all`);
  // The checks come last, once the server has run them.
  await page.locator("#data-freshness .checks", { hasText: "checks ok" }).waitFor({ timeout: 120_000 });
  await page.context().close();
  return {
    what: "data of a page load relative to 400 kB",
    ours: `${Math.round(bytes / 1_000)} kB`,
    against: "400 kB",
    ratio: bytes / 400_000,
  };
}

/** Main-thread time from a click on a filter until the page is redrawn and painted; the slowest kind of change counts. */
async function filterChange(browser: Browser, address: string): Promise<Ratio> {
  const { page, session } = await openWindow(browser);
  await session.send("Performance.enable");
  await page.goto(`${address}?days=all`);
  await drawn(page);
  const times = new Map<string, number[]>(filterChanges.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of filterChanges) {
      const before = await mainThreadMs(session);
      await page.evaluate(clickOn(name));
      times.get(name)?.push((await mainThreadMs(session)) - before);
    }
  }
  await page.context().close();
  const slowest = Math.max(...[...times.values()].map(median));
  return {
    what: "filter change to redrawn, main thread, relative to 100 ms",
    ours: `${slowest.toFixed(0)} ms`,
    against: "100 ms",
    ratio: slowest / 100,
  };
}

/** Clicks a filter button, and resolves once the page has drawn its figures and the next frame is painted. */
const clickOn = (name: string) => `new Promise((resolve) => {
  [...document.querySelectorAll("#filters .segments button")].findLast((button) => button.textContent === ${JSON.stringify(name)}).click();
  const root = document.documentElement;
  const resolveWhenDrawn = () => {
    if (root.dataset.drawn !== (location.search || "?")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(resolve));
  };
  const observer = new MutationObserver(resolveWhenDrawn);
  observer.observe(root, { attributeFilter: ["data-drawn"] });
  resolveWhenDrawn();
})`;

async function mainThreadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

/** A first visit with an empty cache until all charts are drawn, relative to a page that draws one chart without data. */
async function firstLoad(browser: Browser, address: string, emptyAddress: string): Promise<Ratio> {
  const ours: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < visits; round++) {
    empty.push(await millisecondsToDrawn(browser, emptyAddress));
    ours.push(await millisecondsToDrawn(browser, `${address}?days=all`));
  }
  return {
    what: "first page load relative to an empty page with the library",
    ours: `${median(ours).toFixed(0)} ms`,
    against: `${median(empty).toFixed(0)} ms`,
    ratio: median(ours) / median(empty),
  };
}

async function millisecondsToDrawn(browser: Browser, address: string): Promise<number> {
  const { page } = await openWindow(browser);
  await page.goto(address);
  await drawn(page);
  const at = (await page.evaluate("performance.getEntriesByName('drawn')[0].startTime")) as number;
  await page.context().close();
  return at;
}

const drawn = (page: Page) => page.locator("html[data-drawn]").waitFor();

async function openWindow(browser: Browser): Promise<{ page: Page; session: CDPSession }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  return { page, session: await context.newCDPSession(page) };
}
