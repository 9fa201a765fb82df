import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

// `node --import small-install.ts SCRIPT` finds no package that `npm ci --omit=dev` leaves out.
const root = new URL("../../", import.meta.url);
const lock = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8"));

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const path = resolved.url.replace(root.href, "");
    const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path) ?? [];
    if (folder && lock.packages[folder]?.dev) {
      const name = folder.replace(/^.*node_modules\//, "");
      const message = `Cannot find package '${name}' imported from ${context.parentURL}`;
      throw Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
    }
    return resolved;
  },
});
