import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { isAlive } from "@clan-platform/warehouse/process-alive.ts";
import pg from "pg";
import { loadBinaries } from "./binaries.ts";
import { asServerUser } from "./server-user.ts";

const majorVersion = "18";
const preferredPort = 54_320;
const guard = fileURLToPath(new URL("guard.ts", import.meta.url));

/** PostgreSQL can't be run on this folder or port; the message is one sentence with the remedy. */
export class ClusterError extends UserFacingError {
  override name = "ClusterError";
}

export interface ClusterOptions {
  /** Holds everything of this PostgreSQL: data, log, and how to connect. */
  folder: string;
  /** Throws the data away first. */
  fresh?: boolean;
  /** Default: 54320, or any free port when that is taken. */
  port?: number | undefined;
  /** Settings such as `fsync=off`. */
  settings?: string[];
}

/** How to reach a running cluster. */
export interface Connection {
  port: number;
  password: string;
}

export interface Cluster extends Connection {
  stop(): Promise<void>;
}

/** `postgres://` address on this machine, by default of the superuser. */
export function clusterUrl({ port, password }: Connection, database: string, login = "postgres"): string {
  return `postgres://${login}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Starts the embedded PostgreSQL on a folder, which it makes when it is not there. It is stopped by `stop`, or by
 * the end of this process, whatever ends it.
 * @throws {ClusterError}
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, fresh = false, settings = [] } = options;
  const data = join(folder, "data");
  makeFolder(folder);
  if (fresh) removeData(folder);
  refuseOtherVersion(data);

  if (await findRunningCluster(folder)) throw folderInUse(folder, serverPid(folder));

  const { postgres, initdb } = await loadBinaries();
  const password = existsSync(data) ? readConnection(data).password : initialise(folder, initdb);
  const port = options.port ?? (await freePort());
  const log = join(folder, "postgres.log");
  const logStart = existsSync(log) ? statSync(log).size : 0;
  const allSettings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", `port=${port}`, ...settings];
  const [command, args] = asServerUser(postgres, [
    "-D",
    data,
    ...allSettings.flatMap((setting) => ["-c", setting]),
  ]);
  const child = spawn(process.execPath, [guard, log, command, ...args], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  await untilReady(child, { port, password }, { folder, log, logStart });
  writeConnection(data, { port, password });
  return { port, password, stop: () => stop(child) };
}

/** How to reach the cluster of a folder, if one runs there now. */
export async function findRunningCluster(folder: string): Promise<Connection | undefined> {
  const pid = serverPid(folder);
  if (pid === undefined || !isAlive(pid)) return undefined;
  const connection = readConnection(join(folder, "data"));
  return (await canConnect(connection)) ? connection : undefined;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const remedy = "make it writable, or choose another one with DATA_DIR";
    throw new ClusterError(`The data folder ${folder} can't be made: ${remedy} (${reason(cause)}).`, {
      cause,
    });
  }
}

function removeData(folder: string): void {
  const pid = serverPid(folder);
  if (pid !== undefined && isAlive(pid)) throw folderInUse(folder, pid);
  for (const entry of readdirSync(folder)) {
    if (/^(data|data\.new-\d+|postgres\.log)$/.test(entry)) rmSync(join(folder, entry), { recursive: true });
  }
}

/** The process that PostgreSQL's own lock file names; it may be long gone. */
function serverPid(folder: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(folder, "data", "postmaster.pid"), "utf8"), 10);
  } catch {
    return undefined;
  }
}

function refuseOtherVersion(data: string): void {
  if (!existsSync(data)) return;
  const versionFile = join(data, "PG_VERSION");
  const version = existsSync(versionFile) ? readFileSync(versionFile, "utf8").trim() : "nothing known";
  if (version === majorVersion) return;
  throw new ClusterError(
    `The data folder ${data} was made by PostgreSQL ${version} and this is ${majorVersion}: ` +
      "choose another folder with DATA_DIR, or throw this one's data away with `npm start -- --fresh`.",
  );
}

/** Makes the data folder, whole or not at all, and returns the superuser's password. */
function initialise(folder: string, initdb: string): string {
  const password = randomBytes(12).toString("hex");
  const data = join(folder, "data");
  const unfinished = `${data}.new-${process.pid}`;
  const passwordFile = `${unfinished}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const [command, args] = asServerUser(initdb, [
    `--pgdata=${unfinished}`,
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The same sorting and case rules on every machine, whatever locales it has.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    ...(process.platform === "linux" ? ["--lc-ctype=C.UTF-8"] : []),
    "--lc-messages=C",
    "--no-instructions",
  ]);
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  rmSync(passwordFile);
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    const why = error?.message ?? stderr.trim().split("\n").at(-1);
    const remedy = "choose a folder on a local disk that you may write to, with DATA_DIR";
    throw new ClusterError(`PostgreSQL can't make its data folder ${data}: ${remedy} (${why}).`);
  }
  writeConnection(unfinished, { port: preferredPort, password });
  try {
    renameSync(unfinished, data);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    const remedy = "let that `npm start` run, or choose another folder with DATA_DIR";
    throw new ClusterError(`Another PostgreSQL has just begun to use the data folder ${folder}: ${remedy}.`, {
      cause,
    });
  }
  return password;
}

function readConnection(data: string): Connection {
  const file = join(data, "connection.json");
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const remedy = "restore it, or begin anew with `npm start -- --fresh`";
    throw new ClusterError(
      `${file}, which has the password of PostgreSQL's data, can't be read: ${remedy}.`,
      {
        cause,
      },
    );
  }
}

function writeConnection(data: string, connection: Connection): void {
  writeFileSync(join(data, "connection.json"), `${JSON.stringify(connection)}\n`, { mode: 0o600 });
}

async function freePort(): Promise<number> {
  return (await tryPort(preferredPort)) ?? (await tryPort(0)) ?? preferredPort;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "127.0.0.1" }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}

async function untilReady(
  child: ChildProcess,
  connection: Connection,
  { folder, log, logStart }: { folder: string; log: string; logStart: number },
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw whyNotStarted(folder, log, logStart, connection.port);
    if (await canConnect(connection)) return;
    await delay(50);
  }
  await stop(child);
  throw new ClusterError(`PostgreSQL was not ready after 60 s; its log ${log} says why.`);
}

/** Whether the cluster answers with our password: another PostgreSQL on the port does not. */
async function canConnect(connection: Connection): Promise<boolean> {
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

function whyNotStarted(folder: string, log: string, logStart: number, port: number): ClusterError {
  const text = readFileSync(log).subarray(logStart).toString("utf8");
  const lockHolder = /lock file "postmaster.pid" already exists[\s\S]*?PID (\d+)/.exec(text)?.[1];
  if (lockHolder) return folderInUse(folder, Number(lockHolder));
  if (/could not bind|could not create any TCP/.test(text)) {
    const remedy = "stop what listens there, or set POSTGRES_PORT to another one";
    return new ClusterError(`Port ${port} for PostgreSQL is taken: ${remedy}.`);
  }
  const fatal = /FATAL: {2}(.*)/.exec(text)?.[1] ?? text.trim().split("\n").at(-1);
  return new ClusterError(`PostgreSQL did not start on ${folder}: ${fatal}; its log is ${log}.`);
}

function folderInUse(folder: string, pid: number | undefined): ClusterError {
  return new ClusterError(
    `The data folder ${folder} is in use by another PostgreSQL (process ${pid}): ` +
      "stop that `npm start`, or choose another folder with DATA_DIR.",
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await exited;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
