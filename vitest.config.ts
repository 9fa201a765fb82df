import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{infra,service,warehouse,scripts}/**/*.test.ts"],
    globalSetup: ["./scripts/testing/cluster.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine may take its time; what never comes fails all the same.
    expect: { poll: { timeout: 15_000 } },
  },
});
