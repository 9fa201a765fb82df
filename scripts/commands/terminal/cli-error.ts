import { UserFacingError } from "@clan-platform/contract/errors.ts";

/** A command can't do what was asked; the message is one sentence that says why and what to do. */
export class CliError extends UserFacingError {
  override name = "CliError";
}

/** A command was called with wrong options or arguments; it exits with code 64 and nothing was done. */
export class UsageError extends CliError {
  override name = "UsageError";
}
