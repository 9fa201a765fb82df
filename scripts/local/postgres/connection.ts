import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { ClusterError, clusterFailure } from "./cluster-error.ts";
import { isSystemError } from "./failure-reason.ts";

/** How to reach a running cluster. */
export interface Connection {
  port: number;
  password: string;
  /** The process that started it, and stops it when it ends. */
  startedBy?: number;
}

/** `postgres://` URL on this machine, by default of the superuser. */
export function clusterUrl({ port, password }: Connection, database: string, login = "postgres"): string {
  return `postgres://${login}:${password}@127.0.0.1:${port}/${database}`;
}

/** Whether the cluster accepts our password: another PostgreSQL on the port does not. */
export async function canConnect(connection: Connection): Promise<boolean> {
  const client = new pg.Client({
    connectionString: clusterUrl(connection, "postgres"),
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** @throws {ClusterError} when the file in the data folder can't be read */
export function readConnection(data: string): Connection {
  const file = join(data, "connection.json");
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const what = `${file}, which has the password of PostgreSQL's data, can't be read`;
    if (isSystemError(cause) && cause.code !== "ENOENT") throw clusterFailure(what, cause.message, cause);
    const remedy = "restore it, or start over with `npm start -- --fresh`";
    throw new ClusterError(`${what}: ${remedy}.`, { cause });
  }
}

/** Keeps it in the data folder, readable only by this user. Nobody finds half of it, nor does a crash leave that: it has the password. */
export function writeConnection(data: string, connection: Connection): void {
  const file = join(data, "connection.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(connection)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
