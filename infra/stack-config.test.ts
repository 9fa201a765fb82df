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
