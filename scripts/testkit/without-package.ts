import { registerHooks } from "node:module";

// `WITHOUT_PACKAGE=NAME node --import without-package.ts SCRIPT` does not find this package, as after an update that brought it.
const { WITHOUT_PACKAGE } = process.env;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== WITHOUT_PACKAGE) return nextResolve(specifier, context);
    const message = `Cannot find package '${specifier}' imported from ${context.parentURL}`;
    throw Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
  },
});
