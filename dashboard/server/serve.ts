import { PortError } from "@clan-platform/service/serve.ts";
import { buildDashboard } from "./app.ts";
import { buildPage } from "./build-page.ts";
import type { Source } from "./source.ts";

export interface RunningDashboard {
  /** The port it listens on; a free one for 0. */
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts the dashboard for readers on this machine, and builds its page when that has changed. The warehouse may still be empty.
 * @throws {PortError} when the port is taken or not ours to take
 */
export async function serveDashboard(source: Source, port: number): Promise<RunningDashboard> {
  const app = await buildDashboard({ source, page: await buildPage() });
  try {
    await app.listen({ host: "localhost", port });
  } catch (error) {
    await app.close();
    throw toPortError(error, port);
  }
  const address = app.server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    stop: () => app.close(),
  };
}

function toPortError(error: unknown, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new PortError(
      `Port ${port} is taken: stop what listens there, or set DASHBOARD_PORT to another one.`,
    );
  }
  if (code === "EACCES") {
    return new PortError(`Port ${port} needs more rights: set DASHBOARD_PORT to one above 1023.`);
  }
  return error;
}
