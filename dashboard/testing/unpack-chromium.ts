import bundled from "@sparticuz/chromium";

/** Unpacks Chromium before the test files start: two of them would otherwise write the same file at the same time. */
export default async function setup(): Promise<void> {
  await bundled.executablePath();
}
