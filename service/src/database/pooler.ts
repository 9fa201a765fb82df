import { UserFacingError } from "@clan-platform/contract/errors.ts";
import type pg from "pg";

/** DATABASE_URL leads to a pooler that does not keep a session's settings. */
export class PoolerError extends UserFacingError {
  override name = "PoolerError";

  constructor(cause?: unknown) {
    super(
      "DATABASE_URL leads to a connection pooler that does not keep the settings of a session, such as PgBouncer in " +
        "transaction mode: give it the address of PostgreSQL itself, because the service pools its connections.",
      { cause },
    );
  }
}

// PgBouncer's answer to the settings with which our sessions start, unless it is configured to ignore them.
const refusedSettings = /unsupported startup parameter/;

/**
 * Looks whether a session of the pool is one of PostgreSQL's own: whether its settings apply, and whether it is the one
 * that was opened, which a cancellation names.
 * @throws {PoolerError} when it is not
 */
export async function refusePooler(pool: pg.Pool): Promise<void> {
  const client = await pool.connect().catch((error: Error) => {
    throw refusedSettings.test(error.message) ? new PoolerError(error) : error;
  });
  let failure: Error | undefined;
  try {
    const { rows } = await client.query("select current_setting('role') as role, pg_backend_pid() as pid");
    const { role, pid } = rows[0];
    // The types of `pg` lack the process id.
    const { processID } = client as pg.PoolClient & { processID: number };
    if (role !== "clan_app" || pid !== processID) throw new PoolerError();
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.release(failure);
  }
}
