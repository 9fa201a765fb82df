import type { Browser, CDPSession, Page } from "playwright-core";
import type { Ratio } from "./ratios.ts";
import { median } from "./statistics.ts";

const rounds = 7;
const visits = 15;
const filterChanges = ["iOS", "Android", "7 days", "14 days", "All"];

/** Bytes on the wire of a first visit to all days, with the page itself: its scripts, styles and all answers of the API. */
export async function dataOfALoad(browser: Browser, address: string): Promise<Ratio> {
  const { page, session } = await openWindow(browser);
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await page.goto(`${address}?days=all`);
  await drawn(page);
  // The checks come last, once the server has run them.
  await page.waitForLoadState("networkidle", { timeout: 120_000 });
  await page.context().close();
  return {
    what: "data of a first page load at three years, scripts included, relative to 400 kB",
    ours: `${Math.round(bytes / 1_000)} kB`,
    against: "400 kB",
    ratio: bytes / 400_000,
  };
}

/** Main-thread time from a click on a filter until the page is redrawn and painted; the slowest kind of change counts. */
export async function filterChange(browser: Browser, address: string): Promise<Ratio> {
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
    what: "filter change to redrawn at three years, main thread, relative to 100 ms",
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
export async function firstLoad(browser: Browser, address: string, emptyAddress: string): Promise<Ratio> {
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

export interface Days {
  from: string;
  to: string;
}

/** A first visit to many days, relative to one to few. Each visit is to other days, so that the server has to compute its figures. */
export async function loadOfDays(
  browser: Browser,
  address: string,
  what: string,
  { many, few }: Record<"many" | "few", (visit: number) => Days>,
): Promise<Ratio> {
  const visitTo = ({ from, to }: Days) => millisecondsToDrawn(browser, `${address}?from=${from}&to=${to}`);
  const ofMany: number[] = [];
  const ofFew: number[] = [];
  for (let visit = 0; visit < visits; visit++) {
    ofFew.push(await visitTo(few(visit)));
    ofMany.push(await visitTo(many(visit)));
  }
  return {
    what,
    ours: `${median(ofMany).toFixed(0)} ms`,
    against: `${median(ofFew).toFixed(0)} ms`,
    ratio: median(ofMany) / median(ofFew),
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
