import { join } from "node:path";
import getPort from "get-port";
import { loadBinaries } from "./binaries.ts";
import { clusterFailure, folderInUse } from "./cluster-error.ts";
import { type Connection, writeConnection } from "./connection.ts";
import { createFolder, prepareData, removeData } from "./data-folder.ts";
import { isSystemError } from "./failure-reason.ts";
import { findRunningCluster, serverPid, starterPid, waitForShutdown } from "./running-cluster.ts";
import { type Server, startServer } from "./server-process.ts";

const preferredPort = 54_320;

export interface ClusterOptions {
  /** Holds everything of this PostgreSQL: data, log, and how to connect. */
  folder: string;
  /** Deletes the data first. */
  fresh?: boolean;
  /** Default: 54320, or any free port when that is taken. */
  port?: number | undefined;
  /** Settings such as `fsync=off`. */
  settings?: string[];
}

export type Cluster = Connection & Server;

/**
 * Starts the embedded PostgreSQL on a folder, which is created when it does not exist. It is stopped by `stop`, or by the end of
 * this process, whatever ends it.
 * @throws {ClusterError}
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  try {
    return await start(options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw clusterFailure(`PostgreSQL can't use its folder ${options.folder}`, error.message, error);
  }
}

async function start(options: ClusterOptions): Promise<Cluster> {
  const { folder, fresh = false, settings = [] } = options;
  createFolder(folder);
  await waitForShutdown(folder);
  if (fresh) removeData(folder);
  if (await findRunningCluster(folder)) throw folderInUse(folder, serverPid(folder), starterPid(folder));
  const { postgres, initdb } = await loadBinaries();
  const password = prepareData(folder, initdb, preferredPort);
  // Only now: initdb takes a while, and another process could use the port in the meantime.
  const port = options.port ?? (await getPort({ port: preferredPort, host: "127.0.0.1" }));
  const connection = { port, password, startedBy: process.pid };
  const server = await startServer(postgres, folder, connection, settings);
  writeConnection(join(folder, "data"), connection);
  return { ...connection, ...server };
}
