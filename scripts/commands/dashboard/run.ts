import { bigqueryPatience } from "@clan-platform/dashboard/server/bigquery-patience.ts";
import { bigquerySource } from "@clan-platform/dashboard/server/bigquery-source.ts";
import { localSource } from "@clan-platform/dashboard/server/local-source.ts";
import { serveDashboard } from "@clan-platform/dashboard/server/serve.ts";
import type { Source } from "@clan-platform/dashboard/server/source.ts";
import { shutDownOnSignal } from "../../local/graceful-shutdown.ts";
import { parseSettings, type Settings } from "../../local/settings.ts";
import { localWarehouseFile, openWarehouse, type Target } from "../../local/warehouse-target.ts";
import { print } from "../terminal/print.ts";

export interface DashboardOptions {
  target: Target;
}

export async function run({ target }: DashboardOptions): Promise<void> {
  const parent = process.send?.bind(process);
  if (parent) endWithParent();
  const settings = parseSettings(process.env);
  const dashboard = await serveDashboard(await openSource(target, settings), settings.DASHBOARD_PORT);
  if (parent) parent(dashboard.port);
  else {
    shutDownOnSignal(() => dashboard.stop());
    print(`\n  Dashboard    http://localhost:${dashboard.port}\n  Stop         Ctrl-C\n`);
  }
}

/**
 * `npm start` runs this as a separate process, so that the API responds meanwhile: it sends its port to the parent,
 * prints nothing, and ends with the parent.
 */
function endWithParent(): void {
  process.once("disconnect", () => process.exit());
  if (!process.connected) process.exit();
  // Ctrl-C in a terminal reaches every process; the parent stops what it has started.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
}

async function openSource(target: Target, settings: Settings): Promise<Source> {
  if (target === "local") return localSource(localWarehouseFile(settings));
  const warehouse = await openWarehouse(target, settings, bigqueryPatience);
  return bigquerySource(settings.GOOGLE_CLOUD_PROJECT ?? "", warehouse);
}
