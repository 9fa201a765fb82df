import { UserFacingError } from "@clan-platform/contract/errors.ts";

// Who reads a command's output may have enough of it, as `head` does: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

/** A command can't do what it was asked to; the message is one sentence that says why and what to do. */
export class Refusal extends UserFacingError {
  override name = "Refusal";
}

/** Reads a command's arguments; what is wrong with them is refused together with the command's usage. */
export function withUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n  ${usage}`);
  }
}

/** Ends a command that failed: one sentence for what a person can mend, the whole error for a defect. */
export function exitWith(error: unknown): never {
  console.error(error instanceof UserFacingError ? `\n  ${error.message}\n` : error);
  process.exit(1);
}
