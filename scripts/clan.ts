import "@clan-platform/service/database/forget-pg-variables.ts";
import { enableCompileCache } from "node:module";
import { compileCache } from "./local/compile-cache.ts";

// The command line: `npm run clan -- COMMAND …`, or `npm run COMMAND -- …`. Node keeps the compiled modules for the next command:
// those that are imported after this call. Where it can't write them, it compiles them every time.
enableCompileCache(compileCache);
const { runCommandLine } = await import("./commands/command-line/run-command-line.ts");
const { reportAndExit } = await import("./commands/terminal/report-and-exit.ts");

await runCommandLine(process.argv.slice(2)).catch(reportAndExit);
