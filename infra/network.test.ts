import * as gcp from "@pulumi/gcp";
import { expect, it } from "vitest";
import { StackSettings } from "./settings.ts";
import { ofType, one, recordStack } from "./testing/recorded.ts";

it("the subnet has addresses for both revisions of a rollout, with as many instances as a stack may have, and for the jobs", async () => {
  const maxInstances = 100;
  expect(StackSettings.shape.maxInstances.safeParse(maxInstances + 1).success).toBe(false);
  const recording = await recordStack("prod", { maxInstances, poolMax: 1 });
  const [, length] = String(one(recording, gcp.compute.Subnetwork).inputs.ipCidrRange).split("/");
  // Google uses four addresses of a subnet itself (https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet).
  const addresses = 2 ** (32 - Number(length)) - 4;
  // https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-allocation: in blocks of 16, two per instance.
  const blocks = Math.ceil((2 * maxInstances * 2) / 16) + ofType(recording, gcp.cloudrunv2.Job).length;
  expect(addresses).toBeGreaterThanOrEqual(16 * blocks);
});
