import { execFileSync } from "node:child_process";

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

function ensureServerUser(): void {
  try {
    execFileSync("id", ["-u", "postgres"], { stdio: "ignore" });
  } catch {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"]);
  }
}
