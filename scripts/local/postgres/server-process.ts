import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pWaitFor from "p-wait-for";
import { ClusterError, clusterFailure, folderInUse } from "./cluster-error.ts";
import { type Connection, canConnect } from "./connection.ts";
import { serverEnvironment } from "./server-environment.ts";
import { asServerUser } from "./server-user.ts";

const guard = fileURLToPath(new URL("guard.ts", import.meta.url));

export interface Server {
  /** Fulfilled when the server has ended, whatever ended it. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts the server on the data of a folder, and waits until it accepts connections. It is stopped by `stop`, or by the end of
 * this process, whatever ends it.
 * @throws {ClusterError} when it does not start
 */
export async function startServer(
  postgres: string,
  folder: string,
  connection: Connection,
  settings: string[],
): Promise<Server> {
  const log = join(folder, "postgres.log");
  // The guard, which also opens it, could not report why it can't.
  closeSync(openSync(log, "a"));
  const logStart = statSync(log).size;
  const allSettings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `port=${connection.port}`,
    // DETAIL and CONTEXT quote rows, which may name users.
    "log_error_verbosity=terse",
    ...settings,
  ];
  const [command, args] = asServerUser(postgres, [
    "-D",
    join(folder, "data"),
    ...allSettings.flatMap((setting) => ["-c", setting]),
  ]);
  // Not by execa: the guard is detached, and has to outlive this process for a moment.
  const child = spawn(process.execPath, [guard, log, command, ...args], {
    detached: true,
    env: serverEnvironment(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const isReady = async () => {
    if (child.exitCode !== null) throw startFailure(folder, log, logStart, connection.port);
    return canConnect(connection);
  };
  const message = new ClusterError(`PostgreSQL was not ready after 60 s; its log ${log} says why.`);
  try {
    await pWaitFor(isReady, { interval: 50, timeout: { milliseconds: 60_000, message } });
  } catch (error) {
    await stop(child);
    throw error;
  }
  return { ended, stop: () => stop(child) };
}

/** What the log says about a start that failed. */
function startFailure(folder: string, log: string, logStart: number, port: number): ClusterError {
  const text = readFileSync(log).subarray(logStart).toString("utf8");
  const lockHolder = /lock file "postmaster.pid" already exists[\s\S]*?PID (\d+)/.exec(text)?.[1];
  if (lockHolder) return folderInUse(folder, Number(lockHolder));
  if (/could not bind|could not create any TCP/.test(text)) {
    const remedy = "stop what listens there, or set POSTGRES_PORT to another one";
    return new ClusterError(`Port ${port} for PostgreSQL is taken: ${remedy}.`);
  }
  return clusterFailure(`PostgreSQL did not start on ${folder}, as its log ${log} says`, text);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await exited;
}
