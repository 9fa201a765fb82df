import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{contract,service,warehouse,dashboard,infra,scripts}/**/*.test.ts"],
    globalSetup: ["./scripts/testkit/cluster.ts", "./dashboard/testing/unpack-chromium.ts"],
    // Vitest leaves a core free; on two, its files would run one after another, and most of them wait for somebody else.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine may take its time; what never comes fails all the same.
    expect: { poll: { timeout: 15_000 } },
  },
});
