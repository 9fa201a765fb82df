import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeEach, expect, inject, onTestFinished } from "vitest";
import { launchChromium } from "./chromium.ts";

/** Launches a Chromium that is closed after the test file. Where there is none, the file's tests are skipped. */
export async function openBrowser(): Promise<Browser> {
  const found = inject("chromium");
  if ("missing" in found) {
    beforeEach(({ skip }) => skip(found.missing));
    return undefined as unknown as Browser;
  }
  const browser = await launchChromium(found);
  afterAll(() => browser.close());
  return browser;
}

/**
 * Opens the dashboard in its own browser context and waits until its figures are drawn. Fails the test if the page logs
 * an error to the console, except those that match `expected`, or sends a request to another host.
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
  const foreignRequests: string[] = [];
  page.on("request", (request) => {
    if (!/^(blob:)?http:\/\/localhost:\d+\//.test(request.url())) foreignRequests.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    expect(errors.filter((error) => !expected.test(error))).toEqual([]);
    expect(foreignRequests).toEqual([]);
  });
  await page.goto(url);
  if (drawn) await untilDrawn(page);
  return page;
}

/** Waits until the page has drawn the selection that is in its URL. */
export async function untilDrawn(page: Page): Promise<void> {
  // Waits in the page itself: asked again and again from here, it would be slower.
  await page.waitForFunction(isDrawn, undefined, { polling: 20, timeout: 30_000 });
}

/** Runs in the page, whose types the tests don't have. */
function isDrawn(): boolean {
  const { document, location } = globalThis as unknown as {
    document: { documentElement: { dataset: Record<string, string> } };
    location: { search: string };
  };
  return document.documentElement.dataset.drawn === (location.search || "?");
}
