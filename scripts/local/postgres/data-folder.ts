import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterError, clusterFailure, folderInUse } from "./cluster-error.ts";
import { readConnection, writeConnection } from "./connection.ts";
import { requireOwner } from "./data-owner.ts";
import { isSystemError } from "./failure-reason.ts";
import { livePid, starterPid } from "./running-cluster.ts";
import { serverEnvironment } from "./server-environment.ts";
import { asServerUser } from "./server-user.ts";

const majorVersion = "18";

/**
 * Creates the data of a cluster in a folder unless it is there, and returns the superuser's password.
 * @throws {ClusterError} when the folder can't be written to, or its data is another user's or of another version
 */
export function prepareData(folder: string, initdb: string, port: number): string {
  const data = join(folder, "data");
  requireOwner(data);
  requireVersion(data);
  return existsSync(data) ? readConnection(data).password : initialise(folder, initdb, port);
}

/** @throws {ClusterError} */
export function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const remedy = "make it writable, or choose another one with DATA_DIR";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError(`The data folder ${folder} can't be created: ${remedy} (${reason}).`, { cause });
  }
}

/** Deletes the data and the log. @throws {ClusterError} while a server uses them, and when they are another user's */
export function removeData(folder: string): void {
  const pid = livePid(folder);
  if (pid !== undefined) throw folderInUse(folder, pid, starterPid(folder));
  // Root may delete anybody's.
  if (process.getuid?.() !== 0) requireOwner(join(folder, "data"));
  for (const entry of readdirSync(folder)) {
    if (/^(data|data\.new-\d+|postgres\.log)$/.test(entry)) rmSync(join(folder, entry), { recursive: true });
  }
}

function requireVersion(data: string): void {
  if (!existsSync(data)) return;
  const version = readVersion(join(data, "PG_VERSION"));
  if (version === majorVersion) return;
  throw new ClusterError(
    `The data folder ${data} was created by PostgreSQL ${version} and this is ${majorVersion}: ` +
      "choose another folder with DATA_DIR, or delete this one's data with `npm start -- --fresh`.",
  );
}

function readVersion(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return "of unknown version";
    throw error;
  }
}

/** Creates the data folder, completely or not at all, and returns the superuser's password. */
function initialise(folder: string, initdb: string, port: number): string {
  const password = randomBytes(12).toString("hex");
  const data = join(folder, "data");
  const unfinished = `${data}.new-${process.pid}`;
  runInitdb(initdb, unfinished, password, data);
  writeConnection(unfinished, { port, password });
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

function runInitdb(initdb: string, unfinished: string, password: string, data: string): void {
  const passwordFile = `${unfinished}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const [command, args] = asServerUser(initdb, [
    `--pgdata=${unfinished}`,
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The same collation and case rules on every machine, whatever locales it has.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    ...(process.platform === "linux" ? ["--lc-ctype=C.UTF-8"] : []),
    "--no-instructions",
  ]);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    env: serverEnvironment(),
  });
  rmSync(passwordFile);
  if (status === 0) return;
  rmSync(unfinished, { recursive: true, force: true });
  // Without its last line, which says what it cleans up.
  const output = error?.message ?? `${stdout}\n${stderr}`.replace(/^initdb: removing .*$/gm, "");
  throw clusterFailure(`PostgreSQL can't create its data folder ${data}`, output, error);
}
