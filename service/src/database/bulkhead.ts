import type pg from "pg";
import { withClient } from "./with-client.ts";

/**
 * A view of a pool through which at most so many of its connections are in use: when those all wait for a table that is
 * locked, the others are left to who needs another table. Waiting for a connection, in line here and in the pool,
 * takes together no longer than in the pool alone. How many may wait is for who lets requests in (`limitRunning`).
 */
export function createBulkhead(pool: pg.Pool, atMost: number): pg.Pool {
  const limitMs = pool.options.connectionTimeoutMillis ?? 0;
  const line: (() => void)[] = [];
  let inUse = 0;

  function enter(): Promise<void> {
    if (inUse < atMost) {
      inUse++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(turn), 1);
        reject(noConnection());
      }, limitMs);
      line.push(turn);
    });
  }

  function leave(): void {
    const next = line.shift();
    if (next) next();
    else inUse--;
  }

  async function connect(): Promise<pg.PoolClient> {
    const deadline = inUse < atMost ? undefined : performance.now() + limitMs;
    await enter();
    try {
      const connecting = pool.connect();
      // Who did not wait in line has all the time that the pool gives.
      const client = await (deadline ? within(deadline - performance.now(), connecting) : connecting);
      const { release } = client;
      client.release = (broken) => {
        release(broken);
        leave();
      };
      return client;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function query(text: string, values?: unknown[]): Promise<pg.QueryResult> {
    if (inUse < atMost) {
      inUse++;
      return pool.query(text, values).finally(leave);
    }
    return withClient({ connect }, (client) => client.query(text, values));
  }

  // Whatever else is asked of it is the pool's own.
  return Object.assign(Object.create(pool), { connect, query });
}

/** The client, when it comes in time; a late one goes back to the pool. */
function within(ms: number, connecting: Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(noConnection());
    }, ms);
    connecting
      .then((client) => (isLate ? client.release() : resolve(client)), reject)
      .finally(() => clearTimeout(timer));
  });
}

/** In the pool's own words. */
const noConnection = () => new Error("timeout exceeded when trying to connect");
