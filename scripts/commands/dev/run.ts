import { startWatchedDashboard } from "../../local/watched-dashboard.ts";
import { startWatchedService } from "../../local/watched-service.ts";
import { runPlatform, type StartOptions } from "../start/platform.ts";

export const run = (options: StartOptions): Promise<void> =>
  runPlatform(options, { startService: startWatchedService, startDashboard: startWatchedDashboard });
