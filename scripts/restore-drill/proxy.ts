import { spawn } from "node:child_process";
import { once } from "node:events";
import getPort from "get-port";
import { CliError } from "../commands/terminal/cli-error.ts";
import type { Access } from "./drill.ts";

export interface ProxyOptions {
  connectionName: string;
  /** The service account that logs in to PostgreSQL, impersonated by the caller. */
  account: string;
  usesPrivateIp: boolean;
}

/**
 * Opens Google's Auth Proxy to an instance, which encrypts and logs in by IAM.
 * @throws {CliError} when it is missing or ends at once
 */
export async function openProxy({ connectionName, account, usesPrivateIp }: ProxyOptions): Promise<Access> {
  const port = await getPort();
  const child = spawn(
    "cloud-sql-proxy",
    [
      "--auto-iam-authn",
      `--impersonate-service-account=${account}`,
      "--address=127.0.0.1",
      `--port=${port}`,
      ...(usesPrivateIp ? ["--private-ip"] : []),
      connectionName,
    ],
    // In a process group of its own: Ctrl+C reaches the drill alone.
    { stdio: ["ignore", "pipe", "pipe"], detached: process.platform !== "win32" },
  );
  let output = "";
  const ended = once(child, "close").catch(() => []);
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      if (output.includes("ready for new connections")) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", () =>
      reject(
        new CliError(
          "cloud-sql-proxy is not installed, and the drill reaches the databases through it: https://cloud.google.com/sql/docs/postgres/sql-proxy#install",
        ),
      ),
    );
    child.once("close", () =>
      reject(new CliError(`cloud-sql-proxy ended: ${output.trim().split("\n").at(-1)}`)),
    );
  });
  const user = encodeURIComponent(account.replace(/\.gserviceaccount\.com$/, ""));
  return {
    url: `postgres://${user}@127.0.0.1:${port}/clan?sslmode=disable`,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
