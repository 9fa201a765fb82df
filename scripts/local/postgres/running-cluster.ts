import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "@clan-platform/warehouse/process-alive.ts";
import pWaitFor from "p-wait-for";
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

/**
 * Waits for a server that is shutting down, at most 20 s: that of an `npm start` that was just killed writes its data out first.
 * Its lock file says so in its eighth line (https://doxygen.postgresql.org/pidfile_8h.html).
 */
export async function waitForShutdown(folder: string): Promise<void> {
  const isStopping = () => livePid(folder) !== undefined && lockFile(folder)?.[7]?.trim() === "stopping";
  const timeout = { milliseconds: 20_000, fallback: () => undefined };
  await pWaitFor(() => !isStopping(), { interval: 50, timeout });
}

/** The process that PostgreSQL's lock file names; it may have ended long ago. */
export function serverPid(folder: string): number | undefined {
  const [pid] = lockFile(folder) ?? [];
  return pid === undefined ? undefined : Number.parseInt(pid, 10);
}

/** The process that started the server, if its folder says so. */
export function starterPid(folder: string): number | undefined {
  try {
    return readConnection(join(folder, "data")).startedBy;
  } catch {
    return undefined;
  }
}

function lockFile(folder: string): string[] | undefined {
  try {
    return readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n");
  } catch {
    return undefined;
  }
}
