import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { CliError } from "../commands/terminal/cli-error.ts";
import { toolError } from "../commands/terminal/tool-error.ts";

/**
 * Runs gcloud and returns what it prints. It runs in a process group of its own: Ctrl+C reaches the drill alone, which cleans up
 * through gcloud. `signal` ends it.
 * @throws {CliError} with gcloud's error
 */
export async function gcloud(args: string[], signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  const isWindows = process.platform === "win32";
  const child = spawn("gcloud", [...args, "--quiet"], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: !isWindows,
    // gcloud is a script on Windows.
    shell: isWindows,
  });
  const stop = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", stop);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    signal?.throwIfAborted();
    if (code === 0) return output.trim();
    const reason = toolError(errors) || `it ended with code ${code}`;
    throw new CliError(`gcloud ${args.slice(0, 4).join(" ")} failed: ${reason}`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new CliError(
        "gcloud is not installed, and the drill needs it: https://cloud.google.com/sdk/docs/install",
      );
    }
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
