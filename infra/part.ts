import * as pulumi from "@pulumi/pulumi";
import type { ActivitySync } from "./activity-sync.ts";
import type { ClanService } from "./clan-service.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import type { Image } from "./image.ts";
import type { Migration } from "./migration.ts";
import type { Network } from "./network.ts";
import type { Warehouse } from "./warehouse.ts";

/** What the platform is made of: a part takes what it needs of it. */
export interface Parts {
  config: Config;
  network: Network | undefined;
  database: Database;
  image: Image;
  migration: Migration;
  clans: ClanService;
  warehouse: Warehouse;
  sync: ActivitySync;
}

export type Options = pulumi.ComponentResourceOptions;

/** A thing that a person would name. Its resources are its children, and wait for what it depends on. */
export class Part extends pulumi.ComponentResource {
  protected readonly child: pulumi.CustomResourceOptions;

  constructor(type: string, name: string, opts: Options) {
    super(`clan-platform:${type}`, name, {}, opts);
    this.child = { parent: this, dependsOn: opts.dependsOn ?? [] };
  }
}
