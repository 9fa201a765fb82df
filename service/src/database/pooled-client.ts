import pg from "pg";

type Callback = (error?: Error) => void;

const failures = new WeakSet<Error>();

/** Whether an error is why a connection of a pool could not be opened. */
export const isConnectFailure = (error: Error) => failures.has(error);

/**
 * A client of a pool. When it can't log in, it closes its connection: pg would leave that to PostgreSQL, which waits a minute for the
 * password, and the pool no longer counts it.
 */
export class PooledClient extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.Client> | undefined {
    if (!callback) throw new TypeError("Only a pool connects this client, and does so with a callback.");
    super.connect((error?: Error) => {
      if (error) {
        failures.add(error);
        this.end(() => {});
      }
      callback(error);
    });
    return undefined;
  }
}
