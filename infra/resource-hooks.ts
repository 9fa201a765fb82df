import * as pulumi from "@pulumi/pulumi";

/** A hook by its name, as a list for a resource's `hooks`; empty under the mocks of @pulumi/pulumi 3.270, which know none. */
export function resourceHook(name: string, run: () => Promise<void>): pulumi.ResourceHook[] {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && "registerResourceHook" in monitor ? [new pulumi.ResourceHook(name, run)] : [];
}
