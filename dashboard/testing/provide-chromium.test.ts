import { afterEach, expect, it, vi } from "vitest";
import type { TestProject } from "vitest/node";
import provideChromium from "./provide-chromium.ts";

vi.mock("./chromium.ts", () => ({
  findChromium: () => Promise.reject(new Error("no Chromium starts here (libnss3.so): install one")),
}));

afterEach(() => {
  vi.unstubAllEnvs();
});

it("skips the tests of pages where no browser starts, and says so at the end of the run", async () => {
  vi.stubEnv("CI", undefined);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const provide = vi.fn();
  const teardown = await provideChromium({ provide } as unknown as TestProject);
  const missing = "The tests of pages were skipped: no Chromium starts here (libnss3.so): install one.";
  expect(provide).toHaveBeenCalledExactlyOnceWith("chromium", { missing });
  teardown();
  expect(warn).toHaveBeenCalledExactlyOnceWith(missing);
});

it("fails the run in CI where no browser starts", async () => {
  vi.stubEnv("CI", "true");
  await expect(provideChromium({} as TestProject)).rejects.toThrow("no Chromium starts here");
});
