import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@clan-platform/warehouse/process-alive.ts";
import { type Connection, canConnect, readConnection } from "./connection.ts";

/** How to reach the cluster of a folder, if one is running there. */
export async function findRunningCluster(folder: string): Promise<Connection | undefined> {
  if (livePid(folder) === undefined) return undefined;
  const connection = readConnection(join(folder, "data"));
  return (await canConnect(connection)) ? connection : undefined;
}

/** The live process that PostgreSQL's lock file names; after a crash, it may be another program's. */
export function livePid(folder: string): number | undefined {
  const pid = serverPid(folder);
  return pid !== undefined && isAlive(pid) ? pid : undefined;
}

/** The process that PostgreSQL's lock file names; it may have ended long ago. */
export function serverPid(folder: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(folder, "data", "postmaster.pid"), "utf8"), 10);
  } catch {
    return undefined;
  }
}
