import { CliError } from "./cli-error.ts";
import { reportAndExit } from "./report-and-exit.ts";

/**
 * Keeps a command running when nobody reads its output any more, because `head` has seen enough or the terminal was closed: what it
 * has begun is done to the end, or stopped in order. Ends the process when stdout can't be written for another reason.
 */
export function ignoreClosedOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "EIO") return;
    reportAndExit(new CliError(`The output can't be written: ${error.message}.`, { cause: error }));
  });
}
