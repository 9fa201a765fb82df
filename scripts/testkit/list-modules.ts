import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

// `node --import list-modules.ts SCRIPT` writes the URL of every module that is loaded to the file of LOADED_MODULES, a line each.
const file = process.env.LOADED_MODULES ?? "";
registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(file, `${url}\n`);
    return nextLoad(url, context);
  },
});
