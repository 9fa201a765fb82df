import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { printableLines } from "@clan-platform/contract/terminal/printable.ts";
import { UsageError } from "./cli-error.ts";
import { exitCode } from "./exit-codes.ts";
import { missingPackageError } from "./missing-package.ts";
import { printError } from "./print.ts";

/** Prints why a command failed and ends it: one sentence for a user-facing error, the whole error for a defect. */
export function reportAndExit(thrown: unknown): never {
  const error = missingPackageError(thrown) ?? thrown;
  if (error instanceof UserFacingError) printError(`\n  ${printableLines(error.message)}\n`);
  else console.error(error);
  process.exit(error instanceof UsageError ? exitCode.wrongUse : exitCode.failed);
}
