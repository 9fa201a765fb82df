import * as pulumi from "@pulumi/pulumi";

/** A hook as a list for a resource's `hooks`; empty under the mocks of @pulumi/pulumi 3.270, which don't support hooks. */
export function resourceHook(name: string, run: () => Promise<void>): pulumi.ResourceHook[] {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && "registerResourceHook" in monitor ? [new pulumi.ResourceHook(name, run)] : [];
}
