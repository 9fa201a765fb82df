import { localHost } from "@clan-platform/contract/local-host.ts";
import { explainListenError } from "@clan-platform/contract/port-error.ts";
import { buildDashboard } from "./app.ts";
import { buildPage } from "./build-page.ts";
import type { Source } from "./source.ts";

export interface RunningDashboard {
  /** The port it listens on; a free one for 0. */
  port: number;
  stop(): Promise<void>;
}

/**
 * Serves the dashboard on localhost, after building its page if that has changed. The warehouse may still be empty.
 * @throws {PortError} when the port is taken or needs more rights
 */
export async function serveDashboard(source: Source, port: number): Promise<RunningDashboard> {
  const app = await buildDashboard({ source, page: await buildPage() });
  try {
    await app.listen({ host: await localHost(), port });
  } catch (error) {
    await app.close();
    throw explainListenError(error, port, "DASHBOARD_PORT");
  }
  const address = app.server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    stop: () => app.close(),
  };
}
