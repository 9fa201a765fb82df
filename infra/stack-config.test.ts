import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { stackConfig } from "./stack-config.ts";

it("fails with an error whose message Pulumi prints without a stack trace, with every invalid setting", () => {
  pulumi.runtime.setAllConfig({ "gcp:project": "x", "clan-platform:windowDays": "many" });
  const failure = (() => {
    try {
      return stackConfig();
    } catch (error) {
      return error;
    }
  })();
  expect(pulumi.RunError.isInstance(failure)).toBe(true);
  expect((failure as Error).message).toMatch(/^clan-platform:windowDays.*$/m);
});

it("the program still reads like its diagram: index.ts has fewer than 80 lines", () => {
  const program = readFileSync(new URL("index.ts", import.meta.url), "utf8");
  expect(program.split("\n").length).toBeLessThan(80);
});
