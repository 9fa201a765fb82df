import "./service/src/database/forget-pg-variables.ts";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const rooms = "{contract,service,warehouse,dashboard,clients,infra,scripts}";
const postgres = `${rooms}/**/*.postgres.test.ts`;
const browser = "{dashboard,scripts}/**/*.browser.test.ts";
/** Beside infra's own: those that record what the Pulumi program registers. */
const recording = [
  "scripts/commands/plan.test.ts",
  "scripts/commands/plan/{alert-table,cost}.test.ts",
  "scripts/documentation/costs-page.test.ts",
];

/** Tests are sorted by what they need: those named `.postgres.test.ts` get a PostgreSQL, those named `.browser.test.ts` a Chromium. */
export default defineConfig({
  test: {
    // Vitest leaves a core free; on two, its files would run one after another, and most of them wait for other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project("unit", ["{contract,service,dashboard,clients,scripts}/**/*.test.ts"], {
        exclude: [postgres, browser, ...recording],
      }),
      // Importing the service, or Pulumi's provider, again for each file takes longer than many a file's tests.
      project("postgres", [postgres], {
        globalSetup: ["./scripts/testkit/cluster.ts"],
        exclude: [],
        isolate: false,
      }),
      project("warehouse", ["warehouse/**/*.test.ts"]),
      project("infra", ["infra/**/*.test.ts", ...recording], { isolate: false }),
      project("browser", [browser], {
        globalSetup: ["./dashboard/testing/provide-chromium.ts"],
        exclude: [],
      }),
    ],
  },
});

function project(
  name: string,
  include: string[],
  { globalSetup = [] as string[], exclude = [postgres, browser], isolate = true } = {},
) {
  return {
    test: {
      name,
      include,
      exclude: ["**/node_modules/**", ...exclude],
      globalSetup: ["./scripts/testkit/private-temporary-folder.ts", ...globalSetup],
      isolate,
      testTimeout: 180_000,
      hookTimeout: 180_000,
      // A loaded machine may take several times as long; a condition that never holds fails all the same.
      expect: { poll: { timeout: 30_000 } },
    },
  };
}
