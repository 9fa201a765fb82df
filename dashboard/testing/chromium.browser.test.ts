import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, inject, it, vi } from "vitest";
import { openBrowser } from "./browser.ts";
import { findChromium } from "./chromium.ts";

await openBrowser();
afterEach(() => {
  vi.unstubAllEnvs();
});

const newFolder = (): string => mkdtempSync(join(tmpdir(), "clan-"));

/** A folder into which nothing can be unpacked, as on a full disk. */
function uselessFolder(): string {
  const file = join(newFolder(), "file");
  writeFileSync(file, "");
  return file;
}

it("takes an installed browser where the bundled one doesn't start", async () => {
  const { executablePath } = inject("chromium") as { executablePath: string };
  vi.stubEnv("CHROME_PATH", executablePath);
  expect(await findChromium(uselessFolder())).toEqual({ executablePath });
});

it("names the reason and what to install where no browser starts", async () => {
  vi.stubEnv("CHROME_PATH", undefined);
  vi.stubEnv("PATH", "");
  vi.stubEnv("HOME", newFolder());
  await expect(findChromium(uselessFolder())).rejects.toThrow(
    /^no Chromium starts here \(.*ENOTDIR.*\): install one, such as with "apt-get install chromium"$/,
  );
});
