import { parseConfig } from "@clan-platform/service/config.ts";
import { createLogger } from "@clan-platform/service/logging.ts";
import { type RunningService, serve } from "@clan-platform/service/serve.ts";
import { serviceEnvironment } from "./service-environment.ts";

/** Serves the clan API from this process. */
export async function startService(databaseUrl: string): Promise<RunningService> {
  const config = parseConfig(serviceEnvironment(databaseUrl));
  return serve(config, await createLogger(config));
}
