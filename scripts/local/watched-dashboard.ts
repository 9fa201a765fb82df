import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { claimPort } from "./claim-port.ts";
import type { DashboardProcess } from "./serve-dashboard.ts";
import { parseSettings } from "./settings.ts";
import { watchScript } from "./watch-script.ts";

const script = fileURLToPath(new URL("hot-dashboard-process.ts", import.meta.url));

/**
 * Serves the dashboard from a process that restarts when a file of its server is saved; what the page is made of is updated in the
 * browser.
 */
export function startWatchedDashboard(): DashboardProcess {
  let stop = async () => {};
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const start = async (): Promise<string> => {
    const port = await claimPort(parseSettings(process.env).DASHBOARD_PORT, "DASHBOARD_PORT");
    const watched = watchScript(script, { DASHBOARD_PORT: String(port) });
    stop = watched.stop;
    watched.child.once("exit", () => end());
    await once(watched.child, "message");
    return `http://localhost:${port}`;
  };
  const address = start();
  // Awaited later; until then a failure must not count as unhandled.
  address.catch(() => {});
  return { address, pid: undefined, ended, stop: () => stop() };
}
