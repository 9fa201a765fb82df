import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium, launchChromium } from "@clan-platform/dashboard/testing/chromium.ts";
import type { Browser } from "playwright-core";
import { firstLoad } from "./dashboard-page.ts";
import { startDashboard } from "./dashboard-process.ts";
import { volume } from "./dashboard-volume.ts";
import { serveEmptyPage } from "./empty-page.ts";
import type { Ratio } from "./ratios.ts";

const fillWarehouse = fileURLToPath(new URL("../local/fill-warehouse-process.ts", import.meta.url));
const rows = 7_300_000;

/** The dashboard on three years of daily_metrics, and the speed of its page on about 11,400 rows, as ratios. */
export async function run(): Promise<Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "clan-bench-"));
  const stops: (() => Promise<unknown>)[] = [];
  try {
    // Not before the server's memory is measured: beside an open browser it is twice as large.
    let browser: Browser | undefined;
    const openBrowser = async () => {
      browser ??= await launchChromium(await findChromium(folder));
      return browser;
    };
    stops.push(async () => browser?.close());
    const ratios = await volume(folder, openBrowser);
    const address = await fillAndServe(folder, stops);
    const empty = await serveEmptyPage(folder);
    stops.push(empty.stop);
    console.log("  Loading the page, and an empty one with the same library …");
    return [...ratios, await firstLoad(await openBrowser(), address, empty.address)];
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
