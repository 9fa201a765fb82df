import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Chromium, findChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The browser of this test run, or why there is none. */
    chromium: Chromium | { missing: string };
  }
}

/**
 * Finds one Chromium for the whole test run. Where none starts, the tests that need one are skipped, and a sentence at the end of the
 * run says so; in CI, the run fails.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "clan-chromium-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    project.provide("chromium", await findChromium(folder));
    return remove;
  } catch (error) {
    remove();
    if (process.env.CI) throw error;
    const missing = `The tests of pages were skipped: ${error instanceof Error ? error.message : error}.`;
    project.provide("chromium", { missing });
    return () => console.warn(missing);
  }
}
