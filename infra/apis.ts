import { setTimeout as delay } from "node:timers/promises";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { resourceHook } from "./resource-hooks.ts";

// An API that is enabled may refuse calls for a while, and nothing reports when it is usable (pulumi/pulumi#12163).
const settlingMs = 30_000;

export interface ApisArgs {
  /** Names without `.googleapis.com`. */
  names: string[];
}

/** Enables Google's APIs; what depends on this waits until they are usable. */
export class Apis extends pulumi.ComponentResource {
  constructor(name: string, args: ApisArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("clan-platform:index:Apis", name, {}, { aliases: [{ type: "clan-platform:Apis" }], ...opts });
    // Runs when an API is enabled, and not at every `up`.
    const hooks = { afterCreate: resourceHook("settle", () => delay(settlingMs)) };
    for (const api of args.names) {
      new gcp.projects.Service(
        `api-${api}`,
        {
          service: `${api}.googleapis.com`,
          // `destroy` leaves it enabled: other programs in the project may use it too.
          disableOnDestroy: false,
        },
        { parent: this, hooks },
      );
    }
    this.registerOutputs();
  }
}
