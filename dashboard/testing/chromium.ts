import bundled from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

// Of the package's arguments, which are for a function in a cloud: in a single process, closing the first window would end the
// browser; without a zygote, each page starts a process from nothing; and an emulated GPU takes most of the time of a page
// that has no WebGL.
const unwanted =
  /^--(single-process|no-zygote|in-process-gpu|ignore-gpu-blocklist|use-gl|use-angle|enable-unsafe-swiftshader)\b/;

/** Launches the Chromium of the npm package: nothing is downloaded or has to be installed. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    args: [
      ...bundled.args.filter((arg) => !unwanted.test(arg)),
      "--disable-gpu",
      "--no-sandbox",
      "--disable-background-networking",
    ],
  });
}
