import { setTimeout as delay } from "node:timers/promises";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import { Part } from "./part.ts";

const always =
  "artifactregistry bigquery bigquerydatatransfer cloudresourcemanager iam iamcredentials logging monitoring run serviceusage sqladmin";

// An enabled service is not a usable one at once, and nothing says when it is (pulumi/pulumi#12163).
const settlingMs = 30_000;

/** Google's services that the rest needs; what depends on this waits until they answer. */
export class Apis extends Part {
  constructor(name: string, { network, github, budget }: Config) {
    super("Apis", name, {});
    const apis = always.split(" ");
    if (network === "private") apis.push("compute", "servicenetworking");
    if (github) apis.push("sts");
    if (budget) apis.push("billingbudgets");
    const hooks = waitAfterEnabling();
    for (const api of apis) {
      // Left enabled at the end: others in the project may use it too.
      const args = { service: `${api}.googleapis.com`, disableOnDestroy: false };
      new gcp.projects.Service(`api-${api}`, args, { ...this.child, ...hooks });
    }
    this.registerOutputs();
  }
}

/** Runs once for a service, when it is enabled, and not at every `up`. */
function waitAfterEnabling(): pulumi.CustomResourceOptions {
  const monitor = pulumi.runtime.getMonitor();
  // The mocks of @pulumi/pulumi 3.270 know no hooks.
  if (!monitor || !("registerResourceHook" in monitor)) return {};
  return { hooks: { afterCreate: [new pulumi.ResourceHook("settle", () => delay(settlingMs))] } };
}
