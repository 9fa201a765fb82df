import { CliError } from "./cli-error.ts";
import { reportAndExit } from "./report-and-exit.ts";

/** Ends the process when stdout can't be written: quietly when its reader has closed it, as `head` does. */
export function exitOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    reportAndExit(new CliError(`The output can't be written: ${error.message}.`, { cause: error }));
  });
}
