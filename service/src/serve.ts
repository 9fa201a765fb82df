import { setTimeout as delay, setImmediate } from "node:timers/promises";
import { localHost } from "@clan-platform/contract/local-host.ts";
import { explainListenError } from "@clan-platform/contract/port-error.ts";
import type { FastifyReply } from "fastify";
import type { Logger } from "pino";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { createPool } from "./database/pool.ts";

// How long responses carry `Connection: close` before idle connections are closed.
const drainMs = 500;
// How long running requests may take after that.
const finishMs = 7_000;

export interface RunningService {
  /** The port it listens on; a free one where the configuration says 0. */
  port: number;
  /** Finishes running requests, then releases the port and the database connections. */
  stop(): Promise<void>;
}

/**
 * Starts the service on the port and the database of its configuration. The database may still be unavailable.
 * @throws {PortError}
 */
export async function serve(config: Config, logger: Logger): Promise<RunningService> {
  const pool = createPool(config, (err) => logger.warn({ err }, "An idle connection to PostgreSQL broke"));
  const app = await buildApp({ config, pool, logger });

  let isDraining = false;
  const running = new Set<FastifyReply>();
  const announceClose = (reply: FastifyReply) => void reply.header("connection", "close");
  app.addHook("onRequest", (_request, reply, done) => {
    // The client is gone already, and `close` will not come again.
    if (reply.raw.destroyed) return done();
    running.add(reply);
    reply.raw.once("close", () => running.delete(reply));
    if (isDraining) announceClose(reply);
    done();
  });

  try {
    const host = config.HOST === "localhost" ? await localHost() : config.HOST;
    await app.listen({ host, port: config.PORT });
  } catch (error) {
    await app.close();
    await pool.end();
    throw explainListenError(error, config.PORT, "PORT");
  }
  const address = app.server.address();
  return {
    port: typeof address === "object" && address ? address.port : config.PORT,
    async stop() {
      isDraining = true;
      // Clients that wait for an answer would otherwise send the next request over a connection that is about to close.
      running.forEach(announceClose);
      await delay(drainMs);
      // On a busy machine, requests that arrived during the delay may not be read yet.
      await setImmediate();
      const closed = app.close();
      // Node would wait for connections with no request, or half of one; none is running there.
      const deadline = performance.now() + finishMs;
      while (running.size > 0 && performance.now() < deadline) await delay(20);
      app.server.closeAllConnections();
      await closed;
      await pool.end();
    },
  };
}
