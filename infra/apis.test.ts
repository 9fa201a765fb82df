import type * as pulumi from "@pulumi/pulumi";
import { afterAll, expect, it, vi } from "vitest";

const { hooks, waits } = vi.hoisted(() => ({
  hooks: new Map<string, pulumi.ResourceHookFunction>(),
  waits: [] as number[],
}));

vi.mock("@pulumi/pulumi", async (original) => {
  const actual = await original<typeof pulumi>();
  class ResourceHook extends actual.ResourceHook {
    constructor(name: string, callback: pulumi.ResourceHookFunction) {
      super(name, callback);
      hooks.set(name, callback);
    }
  }
  return { ...actual, ResourceHook };
});

vi.mock("node:timers/promises", () => ({ setTimeout: async (ms: number) => void waits.push(ms) }));

// Other files' tests have imported the program without these mocks, and others will.
vi.resetModules();
afterAll(() => void vi.resetModules());

it("resources that wait for an API are created some seconds after it is enabled, not at once", async () => {
  const { recordStack } = await import("./testing/recorded.ts");
  await recordStack("dev");
  expect([...hooks.keys()]).toContain("settle");
  await hooks.get("settle")?.({} as pulumi.ResourceHookArgs);
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(10_000);
});
