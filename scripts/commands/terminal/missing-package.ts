import { CliError } from "./cli-error.ts";

/** What Node reports when a package is not installed, as a sentence; undefined for any other error. */
export function missingPackageError(error: unknown): CliError | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND")
    return undefined;
  const [, name] = /^Cannot find package '([^']+)'/.exec(error.message) ?? [];
  if (name === undefined) return undefined;
  return new CliError(
    `${name} is not installed, because npm ci --omit=dev leaves it out: run npm ci, and then this again.`,
    { cause: error },
  );
}
