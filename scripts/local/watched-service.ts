import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseConfig } from "@clan-platform/service/config.ts";
import type { RunningService } from "@clan-platform/service/serve.ts";
import { claimPort } from "./claim-port.ts";
import { serviceEnvironment } from "./service-environment.ts";
import { watchScript } from "./watch-script.ts";

const server = fileURLToPath(import.meta.resolve("@clan-platform/service/server.ts"));

/**
 * Serves the clan API from a process that restarts when a file of the service is saved. Returns once it answers; code that does not
 * start is waited for until it is fixed.
 */
export async function startWatchedService(databaseUrl: string): Promise<RunningService> {
  const environment = serviceEnvironment(databaseUrl);
  const config = parseConfig(environment);
  const port = await claimPort(config.PORT, "PORT");
  const { stop } = watchScript(server, { ...environment, PORT: String(port), HOST: config.HOST });
  while (!(await answers(`http://localhost:${port}/health/live`))) await delay(100);
  return { port, stop };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );
