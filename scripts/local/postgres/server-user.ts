import { execFileSync, spawnSync } from "node:child_process";
import { ClusterError } from "./cluster-error.ts";

/**
 * How to run a PostgreSQL program. PostgreSQL refuses root; so root runs it as user `postgres` (created when missing),
 * with the one capability to pass through folders that only root may enter, such as /root or a `mktemp -d`.
 */
export function asServerUser(command: string, args: string[]): [command: string, args: string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  ensureServerUser();
  // initdb asks access(2), which honours that capability only for a process with this securebit.
  const rights = [
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  const user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
  return ["setpriv", [...user, ...rights, "--", command, ...args]];
}

/** The user that PostgreSQL's programs run as; undefined on Windows, and for root where there is no such user yet. */
export function serverUid(): number | undefined {
  if (process.getuid?.() !== 0) return process.getuid?.();
  const { status, stdout } = spawnSync("id", ["-u", "postgres"], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

function ensureServerUser(): void {
  try {
    execFileSync("id", ["-u", "postgres"], { stdio: "ignore" });
  } catch {
    createServerUser();
  }
}

function createServerUser(): void {
  try {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], { stdio: "pipe" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new ClusterError(
      `PostgreSQL refuses to run as root, and its user postgres can't be created: run it as another user (${reason}).`,
      { cause },
    );
  }
}
