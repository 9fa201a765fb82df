import { parseArgs } from "node:util";
import { bigquerySource } from "@clan-platform/dashboard/server/bigquery-source.ts";
import { localSource } from "@clan-platform/dashboard/server/local-source.ts";
import { serveDashboard } from "@clan-platform/dashboard/server/serve.ts";
import type { Source } from "@clan-platform/dashboard/server/source.ts";
import { parseSettings, type Settings } from "../local/settings.ts";
import { untilStopped } from "../local/until-stopped.ts";
import {
  localWarehouseFile,
  openWarehouse,
  parseTarget,
  type Target,
  targetOption,
} from "../local/warehouse-target.ts";
import { exitWith, withUsage } from "./terminal/refusal.ts";

// The page says at once what is wrong, and goes on trying by itself.
const bigqueryPatienceMs = 3_000;

const usage = "usage: npm run dashboard [-- --target local|bigquery]";

// `npm start` runs this as a process of its own, so that the API answers meanwhile; it is told the port, says nothing
// itself, and ends with its parent.
const parent = process.send?.bind(process);
if (parent) {
  process.once("disconnect", () => process.exit());
  // Ctrl-C in a terminal reaches every process; the parent stops what it has started.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
}

try {
  const target = readArguments();
  const settings = parseSettings(process.env);
  const dashboard = await serveDashboard(await openSource(target, settings), settings.DASHBOARD_PORT);
  if (parent) parent(dashboard.port);
  else {
    untilStopped(() => dashboard.stop());
    console.log(`\n  Dashboard    http://localhost:${dashboard.port}\n  Stop         Ctrl-C\n`);
  }
} catch (error) {
  exitWith(error);
}

function readArguments(): Target {
  return withUsage(usage, () => {
    const { values } = parseArgs({ options: targetOption });
    return parseTarget(values.target);
  });
}

async function openSource(target: Target, settings: Settings): Promise<Source> {
  if (target === "local") return localSource(localWarehouseFile(settings));
  const warehouse = await openWarehouse(target, settings, { patienceMs: bigqueryPatienceMs });
  return bigquerySource(settings.GOOGLE_CLOUD_PROJECT ?? "", warehouse);
}
