import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import { toolError } from "../terminal/tool-error.ts";

const run = promisify(execFile);
const timeoutMs = 20_000;

/** A tool's output, trimmed, or why there is none: it is not installed, timed out, or failed. */
export type ToolResult = { ok: true; text: string } | { ok: false; missing: boolean; reason: string };

/** Runs a tool from the user's own PATH: npm prepends the project's tools, which `pulumi up` does not see. */
export async function runTool(name: string, args: string[]): Promise<ToolResult> {
  const own = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  try {
    const running = run(name, args, {
      env: { ...process.env, PATH: own.join(delimiter) },
      timeout: timeoutMs,
      // gcloud is a script on Windows.
      shell: process.platform === "win32",
    });
    // A question that nobody sees, such as gcloud's whether to enable an API, would be waited for.
    running.child.stdin?.on("error", () => {}).end();
    const { stdout } = await running;
    return { ok: true, text: stdout.trim() };
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException & { killed?: boolean; stderr?: string };
    const reason = error.killed
      ? `no answer within ${timeoutMs / 1_000} s`
      : toolError(error.stderr ?? "") || error.message;
    return { ok: false, missing: error.code === "ENOENT", reason };
  }
}
