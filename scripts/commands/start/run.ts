import { startDashboard } from "../../local/serve-dashboard.ts";
import { startService } from "../../local/serve-service.ts";
import { runPlatform, type StartOptions } from "./platform.ts";

export const run = (options: StartOptions): Promise<void> =>
  runPlatform(options, { startService, startDashboard });
