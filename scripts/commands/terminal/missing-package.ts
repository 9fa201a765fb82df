import { readFileSync } from "node:fs";
import { CliError } from "./cli-error.ts";

/** What Node reports when a package is not installed, as a sentence; undefined for any other error. */
export function missingPackageError(error: unknown): CliError | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND")
    return undefined;
  const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? [];
  if (name === undefined) return undefined;
  const sentence = isForDevelopment(name)
    ? `${name} is not installed, because npm ci --omit=dev leaves it out: run npm ci, and then this again.`
    : `${name} is not installed: the installed packages belong to another version; run npm ci, or npm ci --omit=dev for the small install, and then this again.`;
  return new CliError(sentence, { cause: error });
}

/** Whether the small install leaves a package out. Any other is missing after an update of the code alone, such as by `git pull`. */
function isForDevelopment(name: string): boolean {
  const { packages } = JSON.parse(
    readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8"),
  );
  return packages[`node_modules/${name}`]?.dev === true;
}
