import bundled from "@sparticuz/chromium";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, expect, onTestFinished } from "vitest";

/** A Chromium for the test file, from the npm package: nothing is downloaded or has to be installed. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: await bundled.executablePath(),
    // In a single process, the first window that is closed would end it.
    args: [
      ...bundled.args.filter((arg) => arg !== "--single-process"),
      "--no-sandbox",
      "--disable-background-networking",
    ],
  });
  afterAll(() => browser.close());
  return browser;
}

/**
 * The dashboard in a window of its own, once its figures are drawn. The test fails when the page writes an error to the
 * console, or asks anything of another place; `expected` are errors that belong to the test.
 */
export async function openPage(
  browser: Browser,
  url: string,
  {
    expected = /^$/,
    drawn = true,
    ...options
  }: BrowserContextOptions & { expected?: RegExp; drawn?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!/^(blob:)?http:\/\/localhost:\d+\//.test(request.url())) elsewhere.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    expect(errors.filter((error) => !expected.test(error))).toEqual([]);
    expect(elsewhere).toEqual([]);
  });
  await page.goto(url);
  if (drawn) await untilDrawn(page);
  return page;
}

/** Waits until the page has drawn what its address says. */
export async function untilDrawn(page: Page): Promise<void> {
  await expect
    .poll(() => page.locator("html").getAttribute("data-drawn"), { timeout: 20_000, interval: 10 })
    .toBe(new URL(page.url()).search || "?");
}
