import "./service/src/database/forget-pg-variables.ts";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SlowFirst } from "./scripts/testkit/slow-first.ts";

// Vitest leaves a core free; on two, its files would run one after another, and most of them wait for other processes.
const workers = Math.max(2, availableParallelism() - 1);

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
    sequence: { sequencer: SlowFirst },
    projects: [
      project("unit", ["{contract,service,dashboard,clients,scripts}/**/*.test.ts"], {
        exclude: [postgres, browser, ...recording],
      }),
      project("postgres", [postgres], {
        globalSetup: ["./scripts/testkit/cluster.ts"],
        exclude: [],
        // Much of what they do is to wait for PostgreSQL, for a limit of the service, or for a command.
        moreWorkers: 1,
      }),
      project("warehouse", ["warehouse/**/*.test.ts"]),
      project("infra", ["infra/**/*.test.ts", ...recording]),
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
  { globalSetup = [] as string[], exclude = [postgres, browser], moreWorkers = 0 } = {},
) {
  return {
    test: {
      name,
      include,
      exclude: ["**/node_modules/**", ...exclude],
      globalSetup: ["./scripts/testkit/private-temporary-folder.ts", ...globalSetup],
      // Importing the service, DuckDB or Pulumi's provider again for each file takes longer than many a file's tests.
      isolate: false,
      maxWorkers: workers + moreWorkers,
      // Vitest runs projects with as many workers as each other at the same time.
      sequence: { groupOrder: moreWorkers },
      unstubEnvs: true,
      restoreMocks: true,
      testTimeout: 180_000,
      hookTimeout: 180_000,
      // A loaded machine may take several times as long; a condition that never holds fails all the same.
      expect: { poll: { timeout: 30_000 } },
    },
  };
}
