import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{contract,service,warehouse,dashboard,infra,scripts}/**/*.test.ts"],
    globalSetup: ["./scripts/testkit/cluster.ts", "./dashboard/testing/unpack-chromium.ts"],
    // Vitest leaves a core free; on two, its files would run one after another, and most of them wait for other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A loaded machine may take several times as long; a condition that never holds fails all the same.
    expect: { poll: { timeout: 30_000 } },
  },
});
