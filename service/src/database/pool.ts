import pg from "pg";
import type { Config } from "../config.ts";
import { type ConnectionSettings, connectionOptions } from "./connection.ts";
import { isReadOnly, isSilence } from "./failures.ts";
import { PooledClient } from "./pooled-client.ts";
import { sessionOptions } from "./session-settings.ts";

export type DatabaseLimits = ConnectionSettings &
  Pick<Config, "POOL_MAX" | "CONNECT_TIMEOUT_MS" | "LOCK_TIMEOUT_MS" | "STATEMENT_TIMEOUT_MS">;

// A backend whose client is gone stops its statement and ends; not supported on Windows.
const noticeGoneClient = process.platform === "win32" ? "" : " -c client_connection_check_interval=1s";
// An idle session whose client vanished without closing the connection would otherwise count as one for hours.
const noticeGoneNetwork = " -c tcp_keepalives_idle=60s -c tcp_keepalives_interval=10s";
// Ours are short: to compile a statement, or to start parallel workers for it, takes longer than to run it, and several cores for one
// request would be taken from others.
const shortStatements = " -c jit=off -c max_parallel_workers_per_gather=0";
const startOptions = `-c role=clan_app ${sessionOptions}${shortStatements}${noticeGoneClient}${noticeGoneNetwork}`;

/**
 * A pool whose sessions have exactly the rights of role `clan_app`, whatever the login.
 * Opens no connection before the first query.
 */
export function createPool(limits: DatabaseLimits, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(limits),
    options: startOptions,
    Client: PooledClient,
    application_name: "clan-service",
    max: limits.POOL_MAX,
    connectionTimeoutMillis: limits.CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // By default, the first probe of an idle connection is sent after two hours.
    keepAliveInitialDelayMillis: 10_000,
    lock_timeout: limits.LOCK_TIMEOUT_MS,
    statement_timeout: limits.STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: limits.STATEMENT_TIMEOUT_MS,
    // PostgreSQL cancels a long statement itself; this limit is for an answer that never arrives.
    query_timeout: limits.STATEMENT_TIMEOUT_MS + 1_000,
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on("error", (error) => {
    // The pool attaches the whole client, which would fill pages of the log.
    Reflect.deleteProperty(error, "client");
    // A server that is stopped at the same time may be faster than our Terminate message.
    if (!pool.ending) onIdleError(error);
  });
  // Between the pool and its user, a client would have no listener either. Its first query reports that it is broken.
  pool.on("connect", (client) => void client.on("error", () => {}));
  // When one connection is silent, the idle ones are too, and each would cost a request its whole time limit. When one leads to a
  // server that was demoted, so do the others, whose reads keep them from ever being closed as idle.
  pool.on("release", (error) => {
    if (isSilence(error) || isReadOnly(error)) dropIdle(pool);
  });
  return pool;
}

function dropIdle(pool: pg.Pool): void {
  for (let n = pool.idleCount; n > 0; n--) {
    pool.connect().then(
      (client) => client.release(true),
      () => {},
    );
  }
}
