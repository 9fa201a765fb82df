import bundled from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/** Launches the Chromium of the npm package: nothing is downloaded or has to be installed. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    // In a single process, closing the first window would end the browser.
    args: [
      ...bundled.args.filter((arg) => arg !== "--single-process"),
      "--no-sandbox",
      "--disable-background-networking",
    ],
  });
}
