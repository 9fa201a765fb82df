import { missingPackageError } from "../commands/terminal/missing-package.ts";
import { reportAndExit } from "../commands/terminal/report-and-exit.ts";

// Before `npm test` and the other scripts that need the development packages: ends with a sentence where they are not installed.
for (const name of ["typescript", "vitest", "@biomejs/biome", "@pulumi/pulumi"]) {
  try {
    import.meta.resolve(`${name}/package.json`);
  } catch (error) {
    reportAndExit(missingPackageError(error) ?? error);
  }
}
