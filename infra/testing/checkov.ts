import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Recording } from "../recording/record.ts";
import { terraformPlan } from "./terraform-plan.ts";

/** Path of Checkov (`pip install checkov`); undefined if it is not installed. */
export const checkov = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "checkov"))
  .find((path) => existsSync(path));

export interface Finding {
  /** Name of the stack. */
  plan: string;
  check: string;
  resource: string;
}

export interface Findings {
  failed: Finding[];
  passed: Finding[];
}

/** Runs Checkov's rules on recorded stacks, by their names, without network access. */
export async function runCheckov(stacks: Record<string, Recording>): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), "clan-plans-"));
  try {
    for (const [stack, recording] of Object.entries(stacks)) {
      writeFileSync(join(folder, `${stack}.json`), JSON.stringify(terraformPlan(recording)));
    }
    const options = ["--framework", "terraform_plan", "--output", "json", "--compact", "--skip-download"];
    const { results, summary } = JSON.parse(await output(["--directory", folder, ...options]));
    if (summary.parsing_errors > 0) throw new Error(`Checkov could not read ${results.parsing_errors}`);
    return { failed: results.failed_checks.map(asFinding), passed: results.passed_checks.map(asFinding) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const asFinding = (found: Record<"file_path" | "check_id" | "resource", string>): Finding => ({
  plan: found.file_path.replace(/^\/|\.json$/g, ""),
  check: found.check_id,
  resource: found.resource,
});

/** Checkov's output; it exits with 1 if a check fails. */
const output = (args: string[]) =>
  new Promise<string>((resolve, reject) => {
    execFile(checkov ?? "checkov", args, { maxBuffer: 2 ** 27 }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`Checkov stopped: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
