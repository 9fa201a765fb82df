import { enableCompileCache } from "node:module";
import { compileCache } from "./local/compile-cache.ts";

// The command line: `npm run clan -- COMMAND …`, or `npm run COMMAND -- …`. Imported only when the cache is enabled, which applies
// to the modules loaded after that. Where it can't be written, Node compiles them as without it.
enableCompileCache(compileCache);
const { runCommandLine } = await import("./commands/command-line/run-command-line.ts");
const { reportAndExit } = await import("./commands/terminal/report-and-exit.ts");

await runCommandLine(process.argv.slice(2)).catch(reportAndExit);
