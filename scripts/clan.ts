import { runCommandLine } from "./commands/command-line/run-command-line.ts";
import { reportAndExit } from "./commands/terminal/report-and-exit.ts";

// The command line: `npm run clan -- COMMAND …`, or `npm run COMMAND -- …`.
await runCommandLine(process.argv.slice(2)).catch(reportAndExit);
