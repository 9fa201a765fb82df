import pg from "pg";
import type { Config } from "../config.ts";
import { type ConnectionSettings, connectionOptions } from "./connection.ts";
import { isSilence } from "./failures.ts";

/** What a query needs: a pool, or the one client of a transaction. */
export type Database = Pick<pg.ClientBase, "query"> | Pick<pg.Pool, "query">;

export type DatabaseLimits = ConnectionSettings &
  Pick<Config, "POOL_MAX" | "CONNECT_TIMEOUT_MS" | "LOCK_TIMEOUT_MS" | "STATEMENT_TIMEOUT_MS">;

// A backend whose client is gone looks up from its work and ends; Windows can't tell.
const noticeGoneClient = process.platform === "win32" ? "" : " -c client_connection_check_interval=1s";
// Nor would an idle session learn that its client is gone without a word, and would count for hours as a connection.
const noticeGoneNetwork = " -c tcp_keepalives_idle=60s -c tcp_keepalives_interval=10s";
const sessionOptions = `-c role=clan_app${noticeGoneClient}${noticeGoneNetwork}`;

/**
 * A pool whose sessions have the rights of role `clan_app` and nothing more, whoever logs in.
 * Opens no connection before the first query.
 */
export function createPool(limits: DatabaseLimits, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(limits),
    options: sessionOptions,
    application_name: "clan-service",
    max: limits.POOL_MAX,
    connectionTimeoutMillis: limits.CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // Else the first probe of an idle connection goes out after two hours.
    keepAliveInitialDelayMillis: 10_000,
    lock_timeout: limits.LOCK_TIMEOUT_MS,
    statement_timeout: limits.STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: limits.STATEMENT_TIMEOUT_MS,
    // PostgreSQL ends a long statement itself; this is for when its answer never arrives.
    query_timeout: limits.STATEMENT_TIMEOUT_MS + 1_000,
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on("error", (error) => {
    // The pool hangs the whole client on it, which fills pages of the log.
    Reflect.deleteProperty(error, "client");
    onIdleError(error);
  });
  // Nor does anybody listen in the moment in which a client passes from the pool to who asked for it. That it is broken, its first
  // query tells.
  pool.on("connect", (client) => void client.on("error", () => {}));
  // Where one connection has fallen silent, the idle ones have as well; each would cost a request its whole limit.
  pool.on("release", (error) => {
    if (isSilence(error)) dropIdle(pool);
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
