import { setTimeout as delay, setImmediate } from "node:timers/promises";
import { explainListenError } from "@clan-platform/contract/port-error.ts";
import type { FastifyReply } from "fastify";
import type { Logger } from "pino";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { createPool } from "./database/pool.ts";

// How long clients with an open connection are told `Connection: close` before idle connections are cut.
const drainMs = 500;
// How long running requests may take to finish after that.
const finishMs = 7_000;

export interface RunningService {
  /** The port it listens on; a free one where the configuration says 0. */
  port: number;
  /** Finishes running requests, then lets go of the port and the database. */
  stop(): Promise<void>;
}

/**
 * Starts the service on the port and the database of its configuration. The database may still be away.
 * @throws {PortError}
 */
export async function serve(config: Config, logger: Logger): Promise<RunningService> {
  const pool = createPool(config, (err) => logger.warn({ err }, "An idle connection to PostgreSQL broke"));
  const app = await buildApp({ config, pool, logger });

  let isDraining = false;
  const running = new Set<FastifyReply>();
  const tellToGo = (reply: FastifyReply) => void reply.header("connection", "close");
  app.addHook("onRequest", (_request, reply, done) => {
    running.add(reply);
    reply.raw.once("close", () => running.delete(reply));
    if (isDraining) tellToGo(reply);
    done();
  });

  try {
    await app.listen({ host: config.HOST, port: config.PORT });
  } catch (error) {
    await app.close();
    throw explainListenError(error, config.PORT, "PORT");
  }
  const address = app.server.address();
  return {
    port: typeof address === "object" && address ? address.port : config.PORT,
    async stop() {
      isDraining = true;
      // Who waits for an answer now would otherwise send the next request over a connection that ends with this one.
      running.forEach(tellToGo);
      await delay(drainMs);
      // On a busy machine the time may be over before what came in it is read.
      await setImmediate();
      const closed = app.close();
      // Node waits for a connection on which nothing, or half a request, has come; nobody runs there.
      const deadline = Date.now() + finishMs;
      while (running.size > 0 && Date.now() < deadline) await delay(20);
      app.server.closeAllConnections();
      await closed;
      await pool.end();
    },
  };
}
