import { setTimeout as delay } from "node:timers/promises";
import * as gcp from "@pulumi/gcp";
import type { Config } from "./config.ts";
import { Part } from "./part.ts";
import { resourceHook } from "./resource-hooks.ts";

const always =
  "artifactregistry bigquery bigqueryconnection bigquerydatatransfer cloudbilling cloudresourcemanager iam iamcredentials logging monitoring run serviceusage sqladmin";

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
    // Runs once for a service, when it is enabled, and not at every `up`.
    const hooks = { afterCreate: resourceHook("settle", () => delay(settlingMs)) };
    for (const api of apis) {
      // Left enabled at the end: others in the project may use it too.
      const args = { service: `${api}.googleapis.com`, disableOnDestroy: false };
      new gcp.projects.Service(`api-${api}`, args, { ...this.child, hooks });
    }
    this.registerOutputs();
  }
}
