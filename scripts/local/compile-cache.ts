import { fileURLToPath } from "node:url";

/** Where Node keeps compiled modules for the next start of the same script. */
export const compileCache = fileURLToPath(
  new URL("../../node_modules/.cache/clan-compiled", import.meta.url),
);
