import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const patienceMs = 20_000;

/** What a tool answered, trimmed; or why it could not: it is missing, did not end in time, or ended with an error. */
export type Answer = { ok: true; text: string } | { ok: false; missing: boolean; reason: string };

/** Runs a tool as the person's own shell would find it: npm puts the project's tools in front, which `pulumi up` does not see. */
export async function runTool(name: string, args: string[]): Promise<Answer> {
  const own = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  try {
    const { stdout } = await run(name, args, {
      env: { ...process.env, PATH: own.join(delimiter) },
      timeout: patienceMs,
      // gcloud is a script there.
      shell: process.platform === "win32",
    });
    return { ok: true, text: stdout.trim() };
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException & { killed?: boolean; stderr?: string };
    const lastLines = error.stderr?.trim().split("\n").slice(-1)[0];
    const reason = error.killed ? `no answer within ${patienceMs / 1_000} s` : lastLines || error.message;
    return { ok: false, missing: error.code === "ENOENT", reason };
  }
}
